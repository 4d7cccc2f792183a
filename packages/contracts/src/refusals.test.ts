import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asConveyorError, ConveyorError, exitCodeOf, ownHint } from "./errors.ts";
import { type RefusalCode, refusals } from "./refusals.ts";

const root = join(import.meta.dirname, "../../..");
const codes = Object.keys(refusals) as RefusalCode[];
const codesWith = (want: Partial<(typeof refusals)[RefusalCode]>) =>
  codes.filter((code) => Object.entries(want).every(([key, value]) => refusals[code][key as "exit"] === value)).sort();

/** All source files of the program besides tests. */
function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["node_modules", "dist", "generated", "testing"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) yield path;
  }
}

describe("the table of refusals", () => {
  it("keeps the exit codes that scripts rely on: 130 when interrupted, 1 when something was refused or tried, else 2", () => {
    expect(codesWith({ exit: 130 })).toEqual(["interrupted"]);
    expect(codesWith({ exit: 1 })).toEqual([
      ...["agent_gone", "composer_not_empty", "gate_failed", "nothing_to_interrupt", "pane_busy", "pane_not_ready"],
      ...[
        "pane_synchronized",
        "permission_denied",
        "side_effect_failed",
        "side_effect_risk",
        "timeout",
        "tmux_timeout",
      ],
    ]);
    expect(codesWith({ exit: 2 })).toHaveLength(codes.length - 13);
  });

  it("keeps the HTTP statuses that clients rely on: 400 for all but these", () => {
    expect(codesWith({ http: 401 })).toEqual(["unauthorized"]);
    expect(codesWith({ http: 403 })).toEqual(["forbidden", "permission_denied"]);
    expect(codesWith({ http: 404 })).toEqual(["not_found"]);
    expect(codesWith({ http: 408 })).toEqual(["timeout"]);
    expect(codesWith({ http: 409 })).toEqual(["conflict", "terminal_state"]);
    expect(codesWith({ http: 412 })).toEqual(["gate_failed", "precondition_failed"]);
    expect(codesWith({ http: 413 })).toEqual(["too_large"]);
    expect(codesWith({ http: 429 })).toEqual(["too_many_calls"]);
    expect(codesWith({ http: 500 })).toEqual(["internal"]);
    expect(codesWith({ http: 503 })).toEqual(["server_unreachable", "too_many_connections"]);
    expect(codesWith({ http: 400 })).toHaveLength(codes.length - 14);
  });

  it.each(codes)("says in plain words what %s means and what to do next", (code) => {
    const { meaning, hint } = refusals[code];
    for (const text of [meaning, hint]) {
      expect(text.split(" ").length).toBeGreaterThan(2);
      expect(text).toMatch(/^[a-z`].*[^.\s]$/);
      // Codes and names of fields stand in backquotes.
      expect(text.replaceAll(/`[^`]*`|\b[A-Z_]{3,}\b/g, "")).not.toContain("_");
    }
    expect(hint).not.toBe(meaning);
  });

  it("has no code that nothing gives", () => {
    const texts = ["packages", "apps"].flatMap((folder) => [...sources(join(root, folder))]);
    // What a contract declares, it does not give.
    const giving = texts.filter((path) => !path.includes("packages/contracts/src/") || path.endsWith("/errors.ts"));
    const all = giving.map((path) => readFileSync(path, "utf8")).join("\n");
    expect(codes.filter((code) => !all.includes(`"${code}"`) && !all.includes(`  ${code}: {`))).toEqual([]);
  });
});

describe("an error", () => {
  it("has the hint of its code where the place that raised it gave none, and none where it said so", () => {
    const plain = new ConveyorError("conflict", "taken");
    expect(plain.hint).toBe(refusals.conflict.hint);
    expect(ownHint(plain)).toBeUndefined();
    expect(new ConveyorError("conflict", "taken", { hint: null }).toBody().hint).toBeNull();
    const told = new ConveyorError("conflict", "taken", { hint: "wait" });
    expect([told.hint, ownHint(told)]).toEqual(["wait", "wait"]);
  });

  it("carries a code of another version on as it came, with its own hint or none", () => {
    const body = { code: "code_of_tomorrow", message: "no", hint: null, details: { exit_code: 1 } };
    const error = ConveyorError.fromBody(body);
    expect(error.toBody()).toEqual(body);
    expect(asConveyorError(error)).toBe(error);
    expect(exitCodeOf(error)).toBe(2);
    expect(exitCodeOf({ code: "toString" })).toBe(2);
  });

  it("does not compile with a code that is not in the table", () => {
    // @ts-expect-error: there is no such code.
    new ConveyorError("not_fuond", "no");
    const { code } = new ConveyorError("conflict", "taken");
    // @ts-expect-error: nor can one be asked for.
    expect(code === "not_fuond").toBe(false);
  });
});
