import { generate } from "selfsigned";

/** A key and its certificate, PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** An authority that signs certificates. */
export async function createAuthority(name: string): Promise<Identity> {
  const made = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** A server's certificate; for 127.0.0.1 and valid, unless told otherwise. */
export async function issue(
  authority: Identity,
  { host, expired = false }: { readonly host?: string; readonly expired?: boolean } = {},
): Promise<Identity> {
  const day = 86_400_000;
  const made = await generate([{ name: "commonName", value: "node-state server" }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: authority,
    notBeforeDate: new Date(Date.now() - 2 * day),
    notAfterDate: new Date(Date.now() + (expired ? -day : day)),
    extensions: [
      { name: "basicConstraints", cA: false },
      {
        name: "subjectAltName",
        altNames: [host === undefined ? { type: 7, ip: "127.0.0.1" } : { type: 2, value: host }],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
