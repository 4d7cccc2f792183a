export { cycle } from "./cycle.ts";
export { divergences } from "./divergences.ts";
export { type IngestOptions, ingest, ingestSession } from "./ingest-session.ts";
export { interrupt } from "./interrupt.ts";
export { nudge } from "./nudge.ts";
export { type Observed, observe, openObserved } from "./observed.ts";
export { tail } from "./tail.ts";
