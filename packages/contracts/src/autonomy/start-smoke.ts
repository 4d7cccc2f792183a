import { z } from "zod";
import { label } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import type { EventName } from "../events/catalogue.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { smokeStanding, smokeTerms } from "./smoke.ts";

/** `app-smoke start` (spec 06 §6.2). */
export const startSmoke = operation({
  path: "autonomy.startSmoke",
  kind: "mutation",
  summary: "Begin to prove that both threads of a pair can be reached and answer",
  ledger: "write",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state", "conflict"],
  shows_content: true,
  cli: {
    command: "app-smoke",
    action: "start",
    place: 130,
    prints: "text",
    notes: `This answer alone shows the nonce. Send it with the prompt to each thread; what they record counts only with it.`,
    examples: ["app-smoke start auth --json"],
  },
  input: z.object({
    task: taskArgument,
    ...smokeTerms,
    smoke_id: label.optional().describe("id of the new smoke run; default: made up"),
    nonce: label.optional().describe("word that nobody has used before; default: made up"),
  }),
  output: z.object({
    task: smokeStanding.shape.task,
    smoke: smokeStanding.shape.smoke.omit({ recorded_at: true }).extend({ nonce: z.string() }),
    status: smokeStanding.describe("how it stands, as `app-smoke status` shows it"),
    receipt: z.object({
      event_id: z.string(),
      event_type: z.enum(["app_smoke_started", "app_smoke_skipped"] satisfies EventName[]),
      recorded_at: z.string(),
    }),
  }),
});
