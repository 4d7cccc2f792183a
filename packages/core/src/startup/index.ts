export { pair } from "./pair/pair.ts";
export { planPair } from "./pair/plan.ts";
export { startManager } from "./start-manager.ts";
export { startPlain } from "./start-plain.ts";
export { startWorker } from "./start-worker.ts";
