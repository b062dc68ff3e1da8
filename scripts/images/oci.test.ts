import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { blobPath, type ImageDescription, layOutImage } from "./oci.ts";

const description: ImageDescription = {
  reference: "docker.io/library/busybox:1.37",
  architecture: "amd64",
  config: { environment: ["A=b"], labels: { one: "1" }, user: "65532:65532", entrypoint: ["/p"], command: ["x"] },
  layers: [
    { digest: `sha256:${"1".repeat(64)}`, bytes: 10240 },
    { digest: `sha256:${"2".repeat(64)}`, bytes: 20480 },
  ],
};

test("every blob has the name of its digest, and the index names the manifest by digest and size", () => {
  const { files, digest } = layOutImage(description);
  for (const [path, text] of files) {
    if (!path.startsWith("blobs/")) continue;
    expect(path).toBe(`blobs/sha256/${createHash("sha256").update(text).digest("hex")}`);
  }
  const manifest = files.get(blobPath(digest)) ?? "";
  const index = JSON.parse(files.get("index.json") ?? "");
  expect(index.manifests).toMatchObject([
    {
      digest,
      size: manifest.length,
      platform: { architecture: "amd64", os: "linux" },
      annotations: { "io.containerd.image.name": description.reference, "org.opencontainers.image.ref.name": "1.37" },
    },
  ]);
  expect(JSON.parse(manifest).layers.map(({ size }: { size: number }) => size)).toEqual([10240, 20480]);
});

test("docker and containerd find the same configuration and layers", () => {
  const { files, digest } = layOutImage(description);
  const [docker] = JSON.parse(files.get("manifest.json") ?? "");
  const { config, layers } = JSON.parse(files.get(blobPath(digest)) ?? "");
  expect(docker).toEqual({
    Config: blobPath(config.digest),
    RepoTags: [description.reference],
    Layers: layers.map((layer: { digest: string }) => blobPath(layer.digest)),
  });
  expect(JSON.parse(files.get(docker.Config) ?? "")).toEqual({
    architecture: "amd64",
    os: "linux",
    config: { Env: ["A=b"], Entrypoint: ["/p"], Cmd: ["x"], User: "65532:65532", Labels: { one: "1" } },
    rootfs: { type: "layers", diff_ids: description.layers.map((layer) => layer.digest) },
  });
});

test("an image has no date: the same content has the same digest", () => {
  expect(layOutImage(description).digest).toBe(layOutImage(structuredClone(description)).digest);
  const other = { ...description, config: { ...description.config, user: "0" } };
  expect(layOutImage(other).digest).not.toBe(layOutImage(description).digest);
});
