import { describe, expect, it } from "vitest";
import { InitError, isInitError } from "./error.ts";
import { nativePrograms } from "./native-programs.ts";

function thrown(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("nativePrograms", () => {
  it("names the file that a given folder lacks", () => {
    const error = thrown(() => nativePrograms({ directory: "/nonexistent" }));
    expect(isInitError(error)).toBe(true);
    expect(error).toMatchObject({
      code: "ERR_INIT_PROGRAM_NOT_FOUND",
      message: "/nonexistent/crik-init does not exist",
      hint: expect.stringContaining("directory"),
    });
  });
});

describe("isInitError", () => {
  it("knows the error of another copy of the package by its brand", () => {
    const copy = Object.create({ [Symbol.for("@crik/init.InitError")]: true }) as unknown;
    expect(isInitError(copy)).toBe(true);
    expect(isInitError(new InitError("ERR_INIT_PROGRAM_NOT_FOUND", "x", "y"))).toBe(true);
  });

  it.each([undefined, null, "x", new Error("x")])("is not fooled by %s", (value) => {
    expect(isInitError(value)).toBe(false);
  });
});
