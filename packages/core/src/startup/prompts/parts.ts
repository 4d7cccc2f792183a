/** A heading with its points; points without text are left out. */
export function section(heading: string, points: readonly (string | null)[]): string {
  const told = points.filter((point) => point !== null).map((point) => `- ${point}`);
  return [`${heading}:`, ...told].join("\n");
}

/** Parts of a prompt, one blank line between two. */
export function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join("\n\n");
}

/** What a worker acknowledges before it begins (spec 04 §4.7). */
export const WORKER_ACK_EXAMPLE = JSON.stringify({
  goal_restatement: "the goal in your own words",
  proposed_criteria: { must_have: ["what must be true in the end"], follow_up: ["what can wait"] },
  expected_tools: ["how you will verify it"],
  open_questions: [],
  ready_to_start: true,
});

/** What a manager acknowledges before its first cycle (spec 04 §4.7). */
export function managerAckExample({ task, manager_session }: { task: string; manager_session: string }): string {
  return JSON.stringify({
    task,
    manager_session,
    supervision_contract: "what you will watch, check and demand",
    will_not_edit_project_files: true,
  });
}
