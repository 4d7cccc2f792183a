import { type Answer, cliCommand, type Question } from "../command.ts";
import { spec } from "../generated/telemetry.ts";
import { cell, lines, plural } from "../print/text.ts";

/** One line per event: when, who, what, how grave, and in words (spec 07 §7.10.5). */
function eventLine({ timestamp, actor, event_type, severity, summary }: Answer<"telemetry.onEvent">): string {
  return [timestamp, actor, event_type, `[${severity}]`, cell(summary)].join(" ");
}

function summaryText(summary: Answer<"telemetry.summary">): string {
  return lines(
    Object.entries(summary).map(([key, value]) => {
      if (value === null || typeof value !== "object") return `${key}: ${cell(value)}`;
      const groups = Object.entries(value).map(([name, amount]) => `  ${name}: ${amount}`);
      return [`${key}:`, ...groups].join("\n");
    }),
  );
}

/** `telemetry` (spec 07 §7.10.5). */
export const command = cliCommand(spec, {
  text: {
    "telemetry.list": (events) => lines(events.map(eventLine)),
    "telemetry.count": ({ total }) => `${plural(total, "event")}\n`,
    "telemetry.summary": summaryText,
    "telemetry.onEvent": (event) => lines(eventLine(event)),
  },
  nothing: { "telemetry.list": () => "no events" },
  aside: {
    async "telemetry.list"(shown, { input, ask }) {
      const { limit = 100, newest, ...filter } = input as Question<"telemetry.list">;
      if (shown.length < limit) return undefined;
      const left_out = (await ask("telemetry.count", filter)).total - shown.length;
      if (left_out <= 0) return undefined;
      return newest
        ? `${plural(left_out, "older event")} left out; a larger --limit shows more`
        : `${plural(left_out, "newer event")} left out; --newest begins with the newest`;
    },
  },
});
