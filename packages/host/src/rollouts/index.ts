export type { LineMark, RolloutBatch, SkippedLine } from "./batch.ts";
export type { PassedOverReason, RolloutScan, RolloutWish } from "./find.ts";
export { judgeRollout, rolloutMetaOrNull, scanRollouts } from "./find.ts";
export type { DayFolder } from "./folders.ts";
export { dayFolders, newestRolloutOfThread, rolloutsOfDay } from "./folders.ts";
export type {
  FoundRollout,
  KnownRollout,
  RolloutDecision,
  RolloutFileEvent,
  RolloutFileEventKind,
  RolloutIdentity,
  RolloutSnapshot,
} from "./identity.ts";
export { decideRollout, hashLineAt, identifyRollout, observeRollout } from "./identity.ts";
export type { SkipReason } from "./line.ts";
export type { HistoryBase, RolloutMeta, RolloutMetaProblem } from "./meta.ts";
export { readRolloutMeta } from "./meta.ts";
export type { RolloutName } from "./name.ts";
export {
  compareRolloutNames,
  isRolloutCandidate,
  parseRolloutName,
  rolloutCandidates,
  sessionsRootOf,
} from "./name.ts";
export type { ReadRolloutOptions } from "./reader.ts";
export { readRollout } from "./reader.ts";
export type { JsonObject, RolloutRecord, StoredRecord } from "./record.ts";
export type { UnpackedRollout } from "./unpack.ts";
export { unpackRollout } from "./unpack.ts";
export type { InputLook, InputSearch } from "./user-input.ts";
export { endOfRollout, findUserInput, inputKey } from "./user-input.ts";
