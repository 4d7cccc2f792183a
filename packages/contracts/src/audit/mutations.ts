import { z } from "zod";
import { oneOrMoreRows } from "../bounds.ts";
import { jsonObject, taskArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { task } from "../tasks/entities.ts";

/** A decision as the audit of mutations shows it. */
const justification = z.object({
  id: z.int().nullable(),
  decision: z.string(),
  reason: z.string().nullable(),
  created_at: timestamp.nullable(),
  manager_cycle_id: z.int().nullable(),
});

/** What had an effect: a command, or a text that was typed or a key that was pressed directly. */
export const mutationRecord = z.object({
  command: z.object({ id: z.string(), type: z.string(), state: z.string(), created_at: timestamp }),
  allowed_decisions: z.array(z.string()),
  linked_decision: justification.nullable().describe("the decision that the command names"),
  nearest_prior_decision: justification.nullable().describe("the last one before the command"),
  effect: content(jsonObject, "record").describe("what was done: dry_run, sent, send_text, worker_session, ..."),
  expected_failure: z.boolean(),
  ok: z.boolean(),
  warnings: z.array(z.string()),
});
export type MutationRecord = z.infer<typeof mutationRecord>;

/** `mutation-audit TASK` (spec 07 §7.10.3). */
export const mutations = operation({
  path: "audit.mutations",
  kind: "query",
  summary: "Check that each command with an effect is justified by a recorded decision",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "mutation-audit",
    place: 15,
    prints: "text",
    notes:
      "Exit code 1 when something is not justified. In strict supervision direct nudges and interrupts are looked at too.",
    examples: ["mutation-audit auth", "mutation-audit auth --json --limit 20"],
  },
  input: z.object({
    task: taskArgument,
    limit: oneOrMoreRows.default(1000).describe("show the newest so many; the verdict is about all of them"),
  }),
  output: z.object({
    ok: z.boolean(),
    summary: z.object({ mutations: z.int(), with_warnings: z.int() }),
    task,
    records: z.array(mutationRecord),
  }),
});
