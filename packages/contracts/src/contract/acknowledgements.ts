import { z } from "zod";
import { jsonPayload, label } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { contractAck } from "./entities.ts";

const writes = {
  kind: "mutation",
  ledger: "write",
  refuses: BY_NAME,
  shows_content: true,
  input: z.object({
    task: taskArgument,
    payload: cli(content(jsonPayload, "whole"), { from_stdin: true }).describe(
      "read the acknowledgement, one JSON object, from standard input",
    ),
    correlation_id: label.optional().describe("label to keep with it"),
  }),
  output: contractAck,
} as const;

const reads = {
  kind: "query",
  ledger: "read",
  refuses: BY_NAME,
  shows_content: true,
  input: z.object({ task: taskArgument }),
  output: contractAck.nullable(),
} as const;

/** `worker-ack --json` (spec 04 §4.7): the newest one, or null. */
export const workerAck = operation({
  path: "contract.workerAck",
  summary: "Show what the worker of a task acknowledged last",
  cli: { command: "worker-ack", place: 70, prints: "json", examples: ["worker-ack auth --json"] },
  ...reads,
});

/** `worker-ack --from-stdin` (spec 04 §4.7). */
export const recordWorkerAck = operation({
  path: "contract.recordWorkerAck",
  summary: "Acknowledge the contract as the worker, before anything is edited",
  cli: {
    command: "worker-ack",
    place: 80,
    select: "from-stdin",
    prints: "json",
    notes:
      "Usual keys are goal_restatement, proposed_criteria (must_have and follow_up), expected_tools, open_questions and ready_to_start; what is missing of them is named in payload_warnings.",
    examples: ["worker-ack auth --from-stdin < ack.json"],
  },
  ...writes,
});

/** `manager-ack --json` (spec 04 §4.7): the newest one, or null. */
export const managerAck = operation({
  path: "contract.managerAck",
  summary: "Show what the manager of a task acknowledged last",
  cli: { command: "manager-ack", place: 90, prints: "json", examples: ["manager-ack auth --json"] },
  ...reads,
});

/** `manager-ack --from-stdin` (spec 04 §4.7). */
export const recordManagerAck = operation({
  path: "contract.recordManagerAck",
  summary: "Acknowledge the contract as the manager, before the first cycle",
  cli: {
    command: "manager-ack",
    place: 100,
    select: "from-stdin",
    prints: "json",
    notes:
      "Usual keys are task, manager_session, supervision_contract (what it commits to) and will_not_edit_project_files; what is missing of them is named in payload_warnings.",
    examples: ["manager-ack auth --from-stdin < ack.json"],
  },
  ...writes,
});
