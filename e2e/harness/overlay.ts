import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";

/** A root file system: cached layers that nobody writes to, and one of its own that takes the changes. */
export interface Overlay {
  /** The merged tree. */
  readonly root: string;
  /** Only what the container has changed. */
  readonly upper: string;
  remove(): Promise<void>;
}

/**
 * Mounts a fresh overlay in a folder, as containerd's snapshotter does. The writable layer is on the disk of the
 * folder, or on a tmpfs where that disk cannot hold one (the machine itself may be a container on an overlay).
 *
 * @param layers - the uppermost first
 */
export async function mountOverlay(layers: readonly string[], directory: string): Promise<Overlay> {
  const root = join(directory, "rootfs");
  const layer = join(directory, "layer");
  await mkdir(root, { recursive: true });
  const mounted = await mountOn(layers, layer, root).catch(() => undefined);
  if (mounted !== undefined) return mounted;
  await mkdir(layer, { recursive: true });
  await run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", layer]);
  const overlay = await mountOn(layers, layer, root);
  return {
    ...overlay,
    remove: async () => {
      await overlay.remove();
      await run(["umount", layer]);
    },
  };
}

async function mountOn(layers: readonly string[], layer: string, root: string): Promise<Overlay> {
  const upper = join(layer, "upper");
  const work = join(layer, "work");
  await mkdir(upper, { recursive: true });
  await mkdir(work, { recursive: true });
  const options = `lowerdir=${layers.join(":")},upperdir=${upper},workdir=${work}`;
  await run(["mount", "-t", "overlay", "-o", options, "crik-e2e", root]);
  // Lazily: an exec'd program or a slow exit of a container's helper may still look into it.
  return { root, upper, remove: async () => void (await run(["umount", "-l", root])) };
}
