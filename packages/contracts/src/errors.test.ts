import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { asConveyorError, ConveyorError } from "./errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-errors-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each<[string, () => unknown]>([
  [
    "a link to itself",
    () => {
      symlinkSync("self", join(folder, "self"));
      return readFileSync(join(folder, "self"));
    },
  ],
  ["a folder for a file", () => readFileSync(folder)],
  [
    "a file for a folder",
    () => {
      writeFileSync(join(folder, "file"), "");
      return readFileSync(join(folder, "file", "below"));
    },
  ],
  ["nothing", () => readFileSync(join(folder, "nothing"))],
  ["a name that is too long", () => readFileSync(join(folder, "x".repeat(300)))],
  ["what is there already", () => mkdirSync(folder)],
])("takes %s for a trouble of the machine, not for a fault of the program", (_what, act) => {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(asConveyorError(thrown)).toMatchObject({ code: "precondition_failed", hint: expect.any(String) });
});

it("keeps a typed error, and calls everything else internal", () => {
  const typed = new ConveyorError("conflict", "taken");
  expect(asConveyorError(typed)).toBe(typed);
  for (const thrown of [
    new TypeError("x is not a function"),
    "text",
    undefined,
    Object.assign(new Error("odd"), { code: "ENOENT" }),
  ]) {
    expect(asConveyorError(thrown).code).toBe("internal");
  }
});

it("tells a wait that was ended by its signal as an interruption, or by the reason that was given", async () => {
  const ended = (signal: AbortSignal) => sleep(1000, undefined, { signal }).catch((error: unknown) => error);
  expect(asConveyorError(await ended(AbortSignal.abort())).code).toBe("interrupted");
  const reason = new ConveyorError("timeout", "the server ends");
  expect(asConveyorError(await ended(AbortSignal.abort(reason)))).toBe(reason);
});
