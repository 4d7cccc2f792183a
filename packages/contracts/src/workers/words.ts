/** What a worker says about itself (spec 01 §2). */
export const WORKER_STATES = ["planning", "editing", "running_tests", "blocked", "waiting", "done", "unknown"] as const;
