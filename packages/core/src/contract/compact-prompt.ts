import { commandLine, type Program, slot } from "../shared/command-line.ts";

/** What a worker is told when its context is to be cleaned without a slash command (spec 04 §4.9). Pure. */
export function compactPrompt(
  program: Program,
  { task, handoff }: { task: string; handoff: { id: number; summary: string } | null },
): string {
  const left = handoff === null ? "none is recorded yet" : `#${handoff.id}: ${handoff.summary}`;
  return [
    `Your manager asks you to compact or clear your context for the task ${task}, only if your session supports it.`,
    `Your newest handoff: ${left}`,
    `First check that it is still right; if not, record it anew: ${commandLine(program, ["handoff", task], { summary: slot("summary") })}`,
    "Then compact or clear if that is appropriate, and say afterwards whether it happened and what your next concrete step is.",
    "Do not edit project files for this request.",
  ].join("\n");
}
