export type { LineMark, RolloutBatch, SkippedLine } from "./batch.ts";
export type {
  FoundRollout,
  KnownRollout,
  RolloutDecision,
  RolloutFileEvent,
  RolloutFileEventKind,
  RolloutIdentity,
  RolloutSnapshot,
} from "./identity.ts";
export { decideRollout, findRollout, hashLineAt, identifyRollout } from "./identity.ts";
export type { InputLook, InputRecords, InputSearch } from "./input-search.ts";
export { endOfRollout, findUserInput, inputKey } from "./input-search.ts";
export type { LineFormat, LineResult, ParsedRecord, RolloutLine, SkipReason } from "./line.ts";
export { hashOfLine } from "./line.ts";
export type { HistoryBase, RecordMeta } from "./meta.ts";
export type { ReadRolloutOptions } from "./reader.ts";
export { readRollout } from "./reader.ts";
export type { JsonObject, RolloutRecord, StoredRecord } from "./record.ts";
export type { UnpackedRollout } from "./unpack.ts";
export { unpackRollout } from "./unpack.ts";
