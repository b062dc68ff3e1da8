import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the repository: the build context of every Dockerfile. */
export const repository: string = fileURLToPath(new URL("../..", import.meta.url));

/** An image of this project. */
export interface Recipe {
  /** Name of its folder in `images/`, and of its file in `dist/images`. */
  readonly name: string;
  /** As manifests name it. */
  readonly reference: string;
  /** What must be there before its Dockerfile can be followed. */
  readonly inputs: readonly ("bundle" | "manager" | "node")[];
}

/** In an order in which each can be made of those before it. */
export function recipes(): readonly Recipe[] {
  const crik = versionOf("packages/cli");
  return [
    { name: "crik", reference: `ghcr.io/crik-dev/crik:${crik}`, inputs: ["bundle"] },
    {
      name: "node-state-server",
      reference: `ghcr.io/crik-dev/node-state-server:${versionOf("apps/manager")}`,
      inputs: ["manager", "node"],
    },
    { name: "simple-loop", reference: `ghcr.io/crik-dev/simple-loop:${crik}`, inputs: [] },
  ];
}

function versionOf(folder: string): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(`${repository}/${folder}/package.json`, "utf8"),
  );
  return version;
}
