/** What a manager reads when its worker finished a turn (spec 03 §7.5): a claim to check, not a verdict. */
export function completionMessage(names: { worker: string; task: string }): string {
  return [
    `Worker ${names.worker} appears to have finished a turn on task ${names.task}.`,
    "That is a claim, not proof that the work is done.",
    `Run or inspect a cycle for ${names.task}, and review the evidence and the acceptance criteria.`,
    "Then choose: finish the task, ask the worker for fixes, or keep observing.",
  ].join(" ");
}
