import packageJson from "../package.json" with { type: "json" };

/** Version of the manager: set by the release. */
export const managerVersion: string = packageJson.version;
