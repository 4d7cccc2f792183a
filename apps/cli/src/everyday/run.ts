import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { rightsNote, startupNote } from "../print/started.ts";
import { lines } from "../print/text.ts";

type Run = Output<"everyday.run">;

const TURNS: Readonly<Record<Run["turn"], string>> = {
  not_followed: "has begun",
  running: "is still at work",
  completed: "ended its first turn",
  failed: "failed",
  interrupted: "was interrupted",
  waiting: "waits for you",
  gone: "is gone",
};

function runText({ task, worker, turn, why, said, criteria, next, elapsed_seconds }: Run): string {
  const proof = criteria.length === 0 ? "" : `, ${criteria.length} to be proven`;
  return lines(
    `task ${task.name} (${task.id})${proof}`,
    `${worker.name} ${TURNS[turn]} after ${Math.round(elapsed_seconds)} s: ${why}`,
    said !== null && `\n${said.trim()}\n`,
    "next:",
    ...next.map((command) => `  ${command}`),
  );
}

/** `run` (spec 10.3): what the agent said, and what to type next; 124 when the time to follow it is over. */
export const run = presents("everyday.run", {
  text: runText,
  notes: startupNote,
  aside: ({ worker }) => rightsNote(worker),
  exitCode: ({ turn }) => (turn === "running" ? 124 : turn === "failed" || turn === "gone" ? 1 : 0),
});
