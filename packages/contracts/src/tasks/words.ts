/** Task states; the first three are open (spec 01 §2). */
export const TASK_STATES = ["candidate", "managed", "paused", "done", "failed"] as const;

export const OPEN_TASK_STATES = [
  "candidate",
  "managed",
  "paused",
] as const satisfies readonly (typeof TASK_STATES)[number][];
