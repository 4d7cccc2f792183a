export * from "./chains.ts";
export * from "./mutations.ts";
export * from "./page.ts";
export { type RecordKind, recordById } from "./records.ts";
export { TIMELINE_SOURCES, type TimelineRole, type TimelineSourceName } from "./sources.ts";
export { boundsOf, type RecordedRow, recordedOf } from "./what-if.ts";
