import type { Call, Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { cell, lines, plural } from "../print/text.ts";

/** One line per event: when, who, what, how grave, and in words (spec 07 §7.10.5). */
export function eventLine({ timestamp, actor, event_type, severity, summary }: Output<"telemetry.onEvent">): string {
  return [timestamp, actor, event_type, `[${severity}]`, cell(summary)].join(" ");
}

/** `telemetry` (spec 07 §7.10.5). */
export const list = presents("telemetry.list", {
  text: (events) => lines(events.map(eventLine)),
  nothing: () => "no events",
  async aside(shown, { input, ask }) {
    const { limit = 100, newest, sort: _sort, ...filter } = input as Call<"telemetry.list">;
    if (shown.length < limit) return undefined;
    const left_out = (await ask("telemetry.count", filter)).total - shown.length;
    if (left_out <= 0) return undefined;
    return newest
      ? `${plural(left_out, "older event")} left out; a larger --limit shows more`
      : `${plural(left_out, "newer event")} left out; --newest begins with the newest`;
  },
});

/** `telemetry --count` (spec 07 §7.10.5). */
export const count = presents("telemetry.count", { text: ({ total }) => `${plural(total, "event")}\n` });
