/** Who may import whom: the table of ARCHITECTURE.md, checked. */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: `^packages/${from}/src` },
  to: { path: "^packages/", pathNot: `^packages/(${[from, ...allowed].join("|")})/` },
});

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    only("criu-driver-stands-alone", "criu-driver", []),
    only("config-stands-alone", "config", []),
    only("checkpoint-store-stands-alone", "checkpoint-store", []),
    only("init-stands-alone", "init", []),
    only("node-state-stands-alone", "node-state", []),
    only("wrapper-imports", "wrapper", ["criu-driver", "checkpoint-store", "init"]),
    only("cli-imports", "cli", ["criu-driver", "checkpoint-store", "init", "config", "wrapper", "node-state"]),
    {
      name: "manager-imports",
      severity: "error",
      from: { path: "^apps/manager/src" },
      to: { path: "^packages/", pathNot: "^packages/node-state/" },
    },
    {
      name: "express-on-the-server-only",
      comment: "The wrapper stays in memory beside an application, and the root of node-state is for both sides.",
      severity: "error",
      from: {
        path: "^packages/",
        pathNot: "^packages/node-state/src/server/|\\.test\\.ts$|^packages/node-state/test/",
      },
      to: { path: "node_modules/express" },
    },
    {
      name: "kubernetes-in-the-manager-only",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "node_modules/@kubernetes" },
    },
    {
      name: "execa-in-one-file",
      comment: "Exactly one file of the driver spawns.",
      severity: "error",
      from: { path: "^packages/.*/src", pathNot: "^packages/criu-driver/src/(run\\.ts|.*\\.test\\.ts)$" },
      to: { path: "node_modules/execa" },
    },
    {
      name: "no-source-across-packages",
      comment: "A package is used by its name, never by a path into it.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/([^/]+)/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|dist" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
