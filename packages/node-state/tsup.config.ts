import { library } from "../../tooling/tsup.ts";

export default library(["src/index.ts", "src/client/index.ts", "src/server/index.ts"]);
