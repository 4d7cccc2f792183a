import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { cell, lines } from "../print/text.ts";

function summaryText(summary: Output<"telemetry.summary">): string {
  return lines(
    Object.entries(summary).map(([key, value]) => {
      if (value === null || typeof value !== "object") return `${key}: ${cell(value)}`;
      const groups = Object.entries(value).map(([name, amount]) => `  ${name}: ${amount}`);
      return [`${key}:`, ...groups].join("\n");
    }),
  );
}

/** `telemetry --summary` (spec 07 §7.10.5). */
export const summary = presents("telemetry.summary", { text: summaryText });
