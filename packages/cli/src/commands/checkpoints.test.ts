import { describe, expect, it } from "vitest";
import { type CheckpointRecord, checkpointsText, recordOf } from "./checkpoints.ts";
import { verifyText } from "./verify.ts";

const now = new Date("2026-11-24T03:00:00Z");
const taken: CheckpointRecord = {
  number: 7,
  state: "complete",
  bytes: 160_634_881,
  createdAt: "2026-11-24T02:57:10Z",
  reason: "SIGTERM, the node is shutting down",
  command: ["python3", "worker.py"],
};

describe("crik checkpoints", () => {
  it("shows what is there, the newest first as it was given", () => {
    const text = checkpointsText(
      "/c",
      [
        { number: 9, state: "staging", claimant: "web-0-1a2b3c4d" },
        { number: 8, state: "quarantined", problem: "restore failed: inet: Connected TCP socket" },
        taken,
        {
          ...taken,
          number: 6,
          state: "consumed",
          claimant: "web-0-deadbeef",
          resumed: true,
          bytes: 12,
          createdAt: "2026-11-20T02:57:10Z",
        },
        { number: 5, state: "consumed", claimant: "web-0-0badcafe", resumed: false, bytes: 12 },
        { number: 4, state: "restoring", claimant: "web-0-feedf00d" },
      ],
      now,
    );
    expect(`\n${text}\n`).toBe(`
#  STATE        SIZE       AGE  WHY                                                             COMMAND
9  staging      -          -    begun by web-0-1a2b3c4d                                         -
8  quarantined  -          -    restore failed: inet: Connected TCP socket                      -
7  complete     153.2 MiB  2m   SIGTERM, the node is shutting down                              python3 worker.py
6  consumed     12 B       4d   SIGTERM, the node is shutting down, restored by web-0-deadbeef  python3 worker.py
5  consumed     12 B       -    restored by web-0-0badcafe and may never have run               -
4  restoring    -          -    claimed by web-0-feedf00d                                       -
`);
  });

  it("says how many containers have tried it in vain", () => {
    const found = { state: "complete", directory: "/c/1", imageDirectory: "/c/1/checkpoint", bytes: 7 } as const;
    const records = [recordOf({ ...found, number: 2, attempts: 2 }), recordOf({ ...found, number: 1 })];
    expect(records).toMatchObject([{ attempts: 2 }, {}]);
    expect(records[1]).not.toHaveProperty("attempts");
    const text = checkpointsText("/c", [{ ...taken, attempts: 1 }, ...records], now);
    expect(text).toMatch(/SIGTERM, the node is shutting down, tried in vain by 1 container /);
    expect(text).toMatch(/ tried in vain by 2 containers /);
  });

  it("says that there is nothing", () => {
    expect(checkpointsText("/c", [], now)).toBe("no checkpoint in /c");
  });

  it("tells a quarantine's reason in a line, and all of it in JSON", () => {
    const quarantine = { code: "criu", message: "x".repeat(1000), at: "2026-11-24T03:00:00Z" };
    const record = recordOf({
      number: 1,
      state: "quarantined",
      directory: "/c/000001.quarantined",
      imageDirectory: "/c/000001.quarantined/checkpoint",
      bytes: 7,
      quarantine,
      problem: quarantine.message,
    });
    expect(record).toEqual({ number: 1, state: "quarantined", bytes: 7, quarantine, problem: quarantine.message });
    expect(checkpointsText("/c", [record], now)).toMatch(/ x{199}… /);
  });

  it("shows a command as a shell takes it, each in a line", () => {
    const command = ["sh", "-c", "while true; do\n  date\ndone"];
    expect(checkpointsText("/c", [{ ...taken, command }], now)).toMatch(/ sh -c \$'while true; do\\n {2}date\\ndone'$/);
  });

  it("lets nothing from the volume steer the terminal", () => {
    const text = checkpointsText("/c", [{ ...taken, reason: "\u001B[2J", command: ["a\nb"], createdAt: "never" }], now);
    expect(text.split("\n")).toHaveLength(2);
    expect(text).not.toContain("\u001B");
  });
});

describe("crik verify", () => {
  it("says of each generation whether it is whole", () => {
    const text = verifyText("/c", [
      { number: 6, ok: true, bytes: 2048 },
      { number: 7, ok: false, code: "ERR_STORE_DIGEST", problem: "pages-1.img does not match its digest" },
    ]);
    expect(text.split("\n")).toEqual([
      "generation 6 is whole (2.0 KiB)",
      "generation 7 cannot be restored: pages-1.img does not match its digest (ERR_STORE_DIGEST)",
    ]);
    expect(verifyText("/c", [])).toBe("no complete checkpoint in /c");
  });
});
