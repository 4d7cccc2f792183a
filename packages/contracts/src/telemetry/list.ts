import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { pastFields, telemetryEvent } from "./entities.ts";

/** `telemetry` (spec 07 §7.10.5, List). */
export const list = operation({
  path: "telemetry.list",
  kind: "query",
  summary: "List telemetry events, oldest first",
  ledger: "read",
  refuses: [...BY_NAME, "conflicting_flags"],
  cli: {
    command: "telemetry",
    place: 10,
    prints: "text",
    notes:
      "A search: words that must all be there, begin* for a beginning, OR, and actor:, type: or severity: before a value.",
    examples: [
      "telemetry --task auth --newest --limit 20",
      'telemetry --search "nudge_worker failed" --json',
      'telemetry --search "deliver* OR severity:error" --sort rank',
    ],
  },
  input: z.object({
    ...pastFields,
    limit: rowCount.default(100).describe("at most this many events"),
    newest: z.boolean().default(false).describe("newest first; the limit then keeps the newest"),
    sort: z
      .enum(["time", "rank"])
      .default("time")
      .describe("in order of time, or with --search what has most to do with its words first"),
  }),
  output: z.array(telemetryEvent),
});

/** `telemetry --count`: how many there are, without reading them. */
export const count = operation({
  path: "telemetry.count",
  kind: "query",
  summary: "Count telemetry events",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "telemetry",
    place: 20,
    select: "count",
    prints: "text",
    examples: ["telemetry --count --severity error"],
  },
  input: z.object(pastFields),
  output: z.object({ total: z.int() }),
});
