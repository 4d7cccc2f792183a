import { z } from "zod";
import { filePath, message } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { criterion, criterionSource, criterionStatus, ledger } from "./entities.ts";

const planInput = z.object({
  task: taskArgument,
  from_text: content(message.optional(), "message").describe("the answer itself"),
  from_worker_response: cli(filePath, { path: true }).optional().describe("file that holds the answer"),
  from_stdin: cli(content(message, "message"), { from_stdin: "text" })
    .optional()
    .describe("read the answer from standard input"),
  ledger_path: cli(filePath, { hidden: true }).optional().describe("ledger that the commands are to name"),
});

/** `criteria-plan` (spec 04 §4.6): reads an answer of a worker and writes nothing. */
export const plan = operation({
  path: "criteria.plan",
  kind: "query",
  summary: "Turn a worker's answer into criteria commands to review",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "criteria-plan",
    place: 80,
    prints: "text",
    notes: "Exactly one of the three inputs is given. Look through the commands before you run them.",
    examples: ["criteria-plan auth --from-worker-response answer.md", "criteria-plan auth --from-stdin < answer.md"],
  },
  input: planInput,
  output: z.object({
    task: z.string(),
    suggestions: z.array(
      z.object({
        criterion: z.string(),
        status: criterionStatus.extract(["accepted", "deferred"]),
        source: criterionSource.extract(["worker_proposed"]),
        rationale: z.string().nullable(),
        classification: z
          .object({
            kind: z.literal("manager_closeout_proof"),
            recommendation: z.literal("keep_out_of_acceptance_criteria"),
            reason: z.string(),
          })
          .nullable(),
        command: z.array(z.string()).describe("argv of the command that records it"),
      }),
    ),
    warnings: z.array(z.string()),
  }),
});

/** `criteria-plan --apply` (spec 04 §8): all of it is written, or nothing. */
export const applyPlan = operation({
  path: "criteria.applyPlan",
  kind: "mutation",
  summary: "Record what a worker's answer names as criteria, all at once",
  ledger: "write",
  refuses: BY_NAME,
  cli: {
    command: "criteria-plan",
    place: 90,
    select: "apply",
    prints: "text",
    notes:
      "What speaks of closing the task is left out. Look at the plan first; what is recorded already stays as it is.",
    examples: ["criteria-plan auth --from-worker-response answer.md --apply"],
  },
  input: planInput,
  output: ledger.extend({
    affected_criteria: z.array(criterion.extend({ created: z.boolean().describe("it was not there before") })),
    left_out: z.array(z.string()).describe("what speaks of closing the task, which is the manager's own work"),
    warnings: z.array(z.string()),
  }),
});
