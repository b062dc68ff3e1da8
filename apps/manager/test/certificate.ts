import { generate } from "selfsigned";

/** A certificate for 127.0.0.1 that is its own authority. */
export async function certificateFor(
  name = "scripted API server",
): Promise<{ readonly cert: string; readonly key: string }> {
  const made = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return { cert: made.cert, key: made.private };
}
