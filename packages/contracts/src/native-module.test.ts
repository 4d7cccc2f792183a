import { describe, expect, it } from "vitest";
import { asConveyorError } from "./errors.ts";

const FILE = "/usr/lib/node_modules/better-sqlite3/build/Release/better_sqlite3.node";
const failure = (message: string, code?: string) => Object.assign(new Error(message), { code });

/** How loaders have told that SQLite's binary part cannot be used, and what must stand in the message for people. */
const FAILURES: [what: string, error: Error, says: string[]][] = [
  [
    "another Node",
    failure(
      `The module '${FILE}'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115. This version of Node.js requires\nNODE_MODULE_VERSION 137. Please try re-compiling`,
      "ERR_DLOPEN_FAILED",
    ),
    [FILE, "ABI 115"],
  ],
  ["another system", failure(`${FILE}: invalid ELF header`, "ERR_DLOPEN_FAILED"), [FILE]],
  ["no file", failure(`Cannot find module '${FILE}'\nRequire stack:\n- x`, "MODULE_NOT_FOUND"), [FILE]],
  [
    "no bindings",
    failure("Could not locate the bindings file. Tried:\n → node_modules/better-sqlite3/build"),
    ["better-sqlite3"],
  ],
  [
    "no package",
    failure("Cannot find package 'better-sqlite3' imported from /x/main.js", "ERR_MODULE_NOT_FOUND"),
    ["better-sqlite3"],
  ],
];

describe("a native module that does not load", () => {
  it.each(FAILURES)("because it is for %s says which file, for which Node, and what to type", (_what, error, says) => {
    const told = asConveyorError(error);
    expect(told.code).toBe("native_module_unusable");
    for (const part of [...says, process.version, `${process.platform}-${process.arch}`])
      expect(told.message).toContain(part);
    expect(told.hint).toContain("npm rebuild better-sqlite3");
  });

  it("is not seen in other errors", () => {
    for (const error of [
      new Error("database is locked"),
      failure("better-sqlite3 said no"),
      failure("no", "MODULE_NOT_FOUND"),
    ]) {
      expect(asConveyorError(error).code).toBe("internal");
    }
  });
});
