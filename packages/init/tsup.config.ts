import { library } from "../../tooling/tsup.ts";

/** What scripts/build.ts has compiled stays where it is: other packages may be running it. */
export default { ...library(), clean: ["!linux-*/**"] };
