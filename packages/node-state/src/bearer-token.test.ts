import { describe, expect, it } from "vitest";
import { isBearerToken } from "./bearer-token.ts";

describe("a bearer token", () => {
  it.each(["a", "eyJhbGciOi.eyJ~+/=", "!"])("may be %s", (text) => {
    expect(isBearerToken(text)).toBe(true);
  });

  it.each(["", "two words", "a\nb", "ü", "a\u0000"])("is never %j, which no header can carry", (text) => {
    expect(isBearerToken(text)).toBe(false);
  });
});
