import { expect, it } from "vitest";
import { capabilitiesOf } from "./harness/capabilities.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikContainer, checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

/** Without a writable ns_last_pid, as most pods: on the way to a pid above the checkpoint's, crik passes by each of these. */
const options = {
  rootfs: "debian",
  command: ["python3", "/programs/memory.py", "16"],
  capabilities: capabilitiesOf("default+cr"),
} as const;

describeContainers("a program that is run in the container beside crik, such as an exec probe", () => {
  it("is waited for when it has got a pid of the checkpoint's", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    const pid = await checkpointed(first);
    await using second = await startCrik({ ...options, volume, under: besideOneThatHas(pid, 2) });
    await proveContinuity(first.stdout, second.stdout);
    expect(second.stderr.all.join("\n")).toMatch(new RegExp(`pid ${pid}, .*waits for its end`));
    expect(await states(volume)).toEqual(["consumed"]);
  });

  it("costs no checkpoint when it does not end", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...options, volume });
    const pid = await checkpointed(first);
    const config = { restoreTimeout: "1s" };
    await using second = await startCrik({ ...options, volume, config, under: besideOneThatHas(pid, 1000) });
    expect((await second.exited).code).toBe(125);
    expect(second.stderr.all.join("\n")).toMatch(
      /ERR_WRAPPER_PIDS[\s\S]*tried again by the next container: attempt 1 of 3/,
    );
    expect(await states(volume)).toEqual(["complete"]);
    await using third = await startCrik({ ...options, volume });
    await proveContinuity(first.stdout, third.stdout);
  });
});

/** Checkpoints a container of {@link options}. @returns a pid that is in the checkpoint */
async function checkpointed(box: CrikContainer): Promise<string> {
  const [, pid = ""] = await box.stdout.waitForLine(/^START (\d+)$/);
  await box.stdout.waitForLine(/^TICK \S+ 3$/);
  await checkpoint(box);
  return pid;
}

/** Which pid a probe gets is chance: it must be started in the moment in which the cursor stands there. Here it is made sure of. */
function besideOneThatHas(pid: string, seconds: number): readonly string[] {
  const probe = `/opt/crik/libexec/crik-init pids --exactly ${pid} && { sleep ${seconds} & test $! = ${pid} || exit 99; } && exec "$@"`;
  return ["sh", "-c", probe, "sh"];
}
