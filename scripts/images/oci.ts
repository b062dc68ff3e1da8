import { createHash } from "node:crypto";

/** A layer: an uncompressed tar, named by its digest. */
export interface Layer {
  /** `sha256:…` */
  readonly digest: string;
  readonly bytes: number;
  /** Where the tar is. */
  readonly path: string;
}

/** What a container of the image starts with. */
export interface ImageConfig {
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

/** An image that is made of layers, the lowest first. */
export interface ImageDescription {
  /** The whole name, such as `docker.io/library/busybox:1.37`. */
  readonly reference: string;
  /** As OCI names it: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly config: ImageConfig;
  readonly layers: readonly Pick<Layer, "digest" | "bytes">[];
}

/** The files of an OCI image layout but the layers' own, by their paths, and the image's digest. */
export interface ImageLayout {
  readonly files: ReadonlyMap<string, string>;
  /** Of the manifest: what `image@sha256:…` names. */
  readonly digest: string;
}

/**
 * Describes an image for `ctr images import`, which reads index.json, and for `docker load`, which before version 25 reads
 * manifest.json. Pure: the same input gives the same digest, so there is no date in it.
 */
export function layOutImage({ reference, architecture, config, layers }: ImageDescription): ImageLayout {
  const files = new Map<string, string>();
  const blob = (value: unknown): { readonly digest: string; readonly size: number } => {
    const text = JSON.stringify(value);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    files.set(blobPath(digest), text);
    return { digest, size: Buffer.byteLength(text) };
  };
  const platform = { architecture, os: "linux" };
  const configBlob = blob({
    ...platform,
    config: {
      Env: config.environment,
      Entrypoint: config.entrypoint,
      Cmd: config.command,
      User: config.user,
      Labels: config.labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = blob({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...configBlob },
    layers: layers.map(({ digest, bytes }) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest,
      size: bytes,
    })),
  });
  const annotations = {
    "io.containerd.image.name": reference,
    "org.opencontainers.image.ref.name": reference.slice(reference.lastIndexOf(":") + 1),
  };
  files.set("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  files.set(
    "index.json",
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", ...manifest, platform, annotations }],
    }),
  );
  files.set(
    "manifest.json",
    JSON.stringify([
      {
        Config: blobPath(configBlob.digest),
        RepoTags: [reference],
        Layers: layers.map(({ digest }) => blobPath(digest)),
      },
    ]),
  );
  return { files, digest: manifest.digest };
}

/** Where a blob is in an image layout. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}
