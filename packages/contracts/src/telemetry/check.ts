import { z } from "zod";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { operatorFields, operatorSnapshot } from "./snapshot.ts";

/** `telemetry check` (spec 07 §7.10.5, Views). */
export const check = operation({
  path: "telemetry.check",
  kind: "query",
  summary: "Say whether all is healthy",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "telemetry",
    action: "check",
    place: 70,
    prints: "text",
    notes: "Exit code 1 when there is an alert.",
    examples: ["telemetry check", "telemetry check --max-unfinished-commands 20 --max-storage-bytes 500000000"],
  },
  input: z.object(operatorFields),
  output: operatorSnapshot,
});
