import type { Palette } from "./palette.ts";
import { cell } from "./text.ts";

interface Check {
  name: string;
  ok: boolean;
  advisory?: unknown;
  [fact: string]: unknown;
}

/** One line per check of a health report: whether it holds, its name, and what was found; below it what to do if not. */
export function checkLines(checks: readonly Check[], colour: Palette): string[] {
  return checks.map(({ name, ok, advisory, remedy, ...facts }) => {
    const mark = ok ? colour.green("ok  ") : advisory === true ? colour.yellow("note") : colour.red("FAIL");
    const found = Object.entries(facts)
      .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => `${key}=${cell(value)}`);
    const advice = typeof remedy === "string" ? `\n      ${colour.dim(remedy)}` : "";
    return `${mark}  ${[name, ...found].join("  ")}${advice}`;
  });
}
