import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DURABLE, isDurabilityAsked } from "./durability.ts";
import { Runtime } from "./runtime.ts";

describe("CONVEYOR_DURABLE", () => {
  it.each([
    { word: undefined, asked: false },
    { word: "", asked: false },
    ...["1", "true", "yes"].map((word) => ({ word, asked: true })),
    ...["0", "false", "no"].map((word) => ({ word, asked: false })),
  ])("$word asks: $asked", ({ word, asked }) => expect(isDurabilityAsked({ [DURABLE]: word })).toBe(asked));

  it.each(["2", "on", "TRUE", " 1", "full", "constructor", "toString"])(
    "%j is refused, with the words that count",
    (word) => {
      expect(() => isDurabilityAsked({ [DURABLE]: word })).toThrow(
        expect.objectContaining({
          code: "usage",
          message: expect.stringContaining(JSON.stringify(word)),
          hint: expect.stringMatching(/1, true or yes.*0, false or no/),
        }),
      );
    },
  );
});

describe("a process that opens a ledger", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "conveyor-durable-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    { word: undefined, durable: undefined, becomes: false },
    { word: "1", durable: undefined, becomes: true },
    { word: "0", durable: true, becomes: true },
    { word: "1", durable: false, becomes: false },
  ])("with $word in its environment and $durable asked of it: $becomes", async ({ word, durable, becomes }) => {
    const env = { HOME: folder, [DURABLE]: word };
    const ledger_path = join(folder, "state", "workerctl.db");
    const runtime = new Runtime({ ledger_path, codex_home: folder, program: "conveyor", env, durable });
    expect(runtime.settings.durable).toBe(becomes);
    expect(runtime.ledger.open("create").durable).toBe(becomes);
    await runtime.close();
  });

  it("hands on what it promises to the processes that it starts", () => {
    const given = { ledger_path: join(folder, "l.db"), codex_home: folder, program: "conveyor" };
    expect(new Runtime({ ...given, env: {}, durable: true }).host.env[DURABLE]).toBe("1");
    expect(new Runtime({ ...given, env: {} }).host.env[DURABLE]).toBeUndefined();
  });
});
