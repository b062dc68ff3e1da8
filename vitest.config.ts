import { defineConfig } from "vitest/config";

/** Levels by file name: `*.test.ts` is pure, `*.process.test.ts` runs real processes, `e2e/` runs real CRIU in real containers, `e2e/api-server/` a real API server, `e2e/cluster/` a real Kubernetes. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,apps}/*/{src,test}/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["**/*.process.test.ts", "**/node_modules/**"],
          // A property that is tried with some hundred values takes a second, and six on a machine that is busy.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "process",
          include: ["{packages,apps}/*/{src,test}/**/*.process.test.ts", "scripts/**/*.process.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          // One case in some 1,500 on an overloaded machine hung until its time was over, and 290 repetitions under load did not show it again. Until that is
          // understood a failed case is tried once more; the reporter tells it, and the setup file what was to be seen.
          retry: 1,
          include: ["e2e/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 600_000,
          // The usual second is too short for a container to start in on a busy machine.
          expect: { poll: { timeout: 20_000 } },
          fileParallelism: false,
          globalSetup: "e2e/harness/global-setup.ts",
          setupFiles: "e2e/harness/tell-evidence.ts",
        },
      },
      {
        test: {
          name: "api-server",
          include: ["e2e/api-server/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          globalSetup: "e2e/api-server/harness/global-setup.ts",
        },
      },
      {
        test: {
          name: "cluster",
          // Of two kubelets, a scheduler and a control plane on a machine with two cores one may be late; a failed case is tried once more, and the reporter tells it.
          retry: 1,
          include: ["e2e/cluster/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          globalSetup: "e2e/cluster/harness/global-setup.ts",
        },
      },
    ],
  },
});
