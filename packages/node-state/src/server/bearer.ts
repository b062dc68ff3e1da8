import { createHash, timingSafeEqual } from "node:crypto";

/** Whether an `Authorization` header carries this token. Takes the same time whatever the two have in common. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const [, given] = /^Bearer +([^ ]+) *$/iu.exec(header ?? "") ?? [];
  // Digests have one length, which timingSafeEqual needs; and an empty token admits nobody.
  return given !== undefined && token !== "" && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
