import type { Figure } from "./figure.ts";

const HEADINGS = ["figure", "bounded", "measured", "target", "holds"] as const;

/** Every target of every figure on a line of its own: what was measured, what is allowed, and whether it holds. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.flatMap(({ name, unit, targets }) =>
    targets.map(({ of, at, limit, measured, met }) => [
      name,
      of === "value" ? unit : of.replaceAll("_", " "),
      String(measured),
      `${at === "most" ? "<=" : ">="} ${limit}`,
      met ? "yes" : "NO",
    ]),
  );
  const lines = [[...HEADINGS], ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
