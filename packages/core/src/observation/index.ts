export { cycle } from "./cycle.ts";
export { divergences } from "./divergences.ts";
export { type IngestOptions, ingest, ingestSession } from "./ingest-session.ts";
export { endRunningTurn, interrupt, showsRunningTurn } from "./interrupt.ts";
export { nudge } from "./nudge.ts";
export { observe } from "./observed.ts";
export { lookAtPane, type PaneLook } from "./pane-signal.ts";
export { tail } from "./tail.ts";
export { writerLiveness } from "./writer-liveness.ts";
