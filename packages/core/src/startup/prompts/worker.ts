import { commandLine, type Program } from "../../shared/command-line.ts";
import { joined, section } from "./parts.ts";

/** The first prompt of a worker that was given no work: an agent without any has no rollout (spec 01 §5.3). Pure. */
export function standByPrompt({ name, cwd }: { name: string; cwd: string }): string {
  return joined([
    `You are the Conveyor worker session ${name}, in ${cwd}.`,
    "There is no work for you yet. Do not start any: answer in one short line that you stand by, and wait for your manager's instruction.",
  ]);
}

export interface PairedWorker {
  name: string;
  task: string;
  /** The work itself. Content. */
  prompt: string;
}

/**
 * The first prompt of a worker that `pair` starts: its work, then how it agrees on it and how it ends (spec 01 §6.3
 * step 6). Pure.
 */
export function pairedWorkerPrompt(settings: Program, { name, task, prompt }: PairedWorker): string {
  return joined([
    prompt,
    section(`You are the Conveyor worker session ${name} on the task ${task}, and a manager session supervises you`, [
      "Before you edit anything, say in a few lines: the goal in your own words, what must be true in the end and what can wait, how you will verify it, and what is unclear.",
      `Record the same as one JSON object (goal_restatement, proposed_criteria with must_have and follow_up, expected_tools, open_questions, ready_to_start), piped into ${commandLine(settings, ["worker-ack", task], { from_stdin: true })}`,
      "End with a short final reply that names the files you changed and how you verified the result.",
      "Never call finish-task: the manager closes the task.",
    ]),
  ]);
}
