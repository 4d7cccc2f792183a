export { ensureDispatch, type EnsuredDispatch } from "./pair/ensure-dispatch.ts";
export { pair } from "./pair/pair.ts";
export { planPair } from "./pair/plan.ts";
export { assertNameFree, assertNoTmuxSession, checkMachine, type Machine, tmuxSessionOf } from "./preflight.ts";
export { spawnSession, type SpawnRequest } from "./spawn-session.ts";
export { startManager } from "./start-manager.ts";
export { startPlain } from "./start-plain.ts";
export { startWorker } from "./start-worker.ts";
