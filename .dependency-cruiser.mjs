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
    only("wrapper-imports", "wrapper", ["criu-driver", "checkpoint-store", "init"]),
    only("cli-imports", "cli", ["criu-driver", "checkpoint-store", "init", "config", "wrapper"]),
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
