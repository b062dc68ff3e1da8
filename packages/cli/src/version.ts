import packageJson from "../package.json" with { type: "json" };

/** Version of this package, and so of the command: set by the release. */
export const crikVersion: string = packageJson.version;
