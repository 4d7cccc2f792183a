import { z } from "zod";
import { jsonPayload, newName, printable, reference, rowCount } from "../bounds.ts";
import { taskRef } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { createdRun, listedRun, runStatus } from "./entities.ts";

/** `runs --list` (spec 05 §5.3): newest first. */
export const listRuns = operation({
  path: "loops.listRuns",
  kind: "query",
  summary: "List runs and loop policies, newest first",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "runs", place: 70, select: "list", prints: "json", examples: ["runs --list --task auth"] },
  input: z.object({
    task: taskRef.optional().describe("only runs of this task"),
    status: runStatus.optional().describe("only runs of this status; a loop policy is finished from its beginning"),
    limit: rowCount.default(500).describe("only the newest this many; 0 lists all"),
  }),
  output: z.array(listedRun),
});

/** `runs --create TASK` (spec 05 §5.3). */
export const createRun = operation({
  path: "loops.createRun",
  kind: "mutation",
  summary: "Make a run of a task, or a loop policy of your own",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "terminal_state"],
  cli: {
    command: "runs",
    place: 80,
    select: "create",
    prints: "json",
    notes:
      "With --purpose ralph_loop, or the kind ralph_loop in its metadata, it is a loop policy: then max_iterations must be\n" +
      "there, current_iteration is 0 unless given, and all other keys are kept as they are.",
    examples: [
      "runs --create auth --name review",
      `runs --create auth --purpose ralph_loop --metadata-json '{"max_iterations":3,"required_before_continue":["lint"]}'`,
    ],
  },
  input: z.object({
    task: cli(taskRef, { flag: "create", placeholder: "task" }).describe("task that it belongs to"),
    name: newName(300).optional().describe("name of the run; default: made from task and time"),
    purpose: printable(500).optional().describe("what it is for; ralph_loop makes it a loop policy"),
    metadata: cli(jsonPayload, { flag: "metadata-json", json: true, placeholder: "json" })
      .default({})
      .describe("free facts as a JSON object; of a loop policy, what it prescribes"),
  }),
  output: createdRun,
});

/** `runs --show RUN` (spec 05 §5.3). */
export const showRun = operation({
  path: "loops.showRun",
  kind: "query",
  summary: "Show one run",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "runs", place: 90, select: "show", prints: "json" },
  input: z.object({ run: cli(reference, { flag: "show", placeholder: "run" }).describe("run by id or name") }),
  output: listedRun,
});

/** `runs --finish RUN` (spec 05 §5.3): of a loop policy it closes the loop. */
export const finishRun = operation({
  path: "loops.finishRun",
  kind: "mutation",
  summary: "End a run, or close a loop",
  ledger: "write",
  refuses: [...BY_NAME, "conflict"],
  cli: {
    command: "runs",
    place: 100,
    select: "finish",
    prints: "json",
    notes: "A run that has ended so already is answered as it is. A closed loop is not continued any more.",
    examples: ["runs --finish nightly --status abandoned"],
  },
  input: z.object({
    run: cli(reference, { flag: "finish", placeholder: "run" }).describe("run by id or name"),
    status: runStatus.exclude(["active"]).default("finished").describe("what it ended as"),
  }),
  output: listedRun,
});
