import { type KeyObject, sign } from "node:crypto";

/** What the API server calls itself in the tokens that it takes. */
export const serviceAccountIssuer = "https://kubernetes.default.svc";

/** A service account and the life of its token. */
export interface ServiceAccountTokenOptions {
  readonly namespace: string;
  readonly name: string;
  /** The account's own: the API server takes no token of an account that was deleted and made again. */
  readonly uid: string;
  /** The moment from which the API server itself takes the token for expired. */
  readonly expiresAt: Date;
}

/** The API server's library takes a token for so much longer than it says (go-jose's `DefaultLeeway`). */
const leewaySeconds = 60;

/** Signs a token as the API server's TokenRequest does. */
export function signServiceAccountToken(key: KeyObject, options: ServiceAccountTokenOptions): string {
  const { namespace, name, uid } = options;
  const exp = Math.floor(options.expiresAt.getTime() / 1000) - leewaySeconds;
  const claims = {
    aud: [serviceAccountIssuer],
    exp,
    iat: exp - 3600,
    nbf: exp - 3600,
    iss: serviceAccountIssuer,
    sub: `system:serviceaccount:${namespace}:${name}`,
    "kubernetes.io": { namespace, serviceaccount: { name, uid } },
  };
  const signed = `${encode({ alg: "ES256", typ: "JWT" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
