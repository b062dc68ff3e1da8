import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureGoPrograms } from "../../harness/go-module.ts";

/** Gives the path of the stand-in for systemd-logind: `programs/logind.go`, built at the first call. */
export async function ensureLogind(): Promise<string> {
  const directory = await ensureGoPrograms("logind", {
    path: "github.com/godbus/dbus/v5",
    version: "v5.1.0",
    programs: { logind: "." },
    main: fileURLToPath(new URL("../programs/logind.go", import.meta.url)),
    recipe: 1,
  });
  return join(directory, "logind");
}
