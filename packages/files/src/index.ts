/**
 * Files that others may have made: nothing is opened before it was looked at, nothing is read without a bound, nothing is
 * written through a link. Nothing here loads more than node:fs, so the thin path of the command line may use it.
 */
export { makeFolder } from "./folders.ts";
export { assertOutputPlace } from "./output-place.ts";
export { assertOwnRoot, isOwnAlone } from "./owner.ts";
export {
  hasEnded,
  isPid,
  isProcessAlive,
  processStartMark,
  type RecordedProcess,
  statFields,
} from "./process-life.ts";
export { type OpenOptions, openRegular, type ReadOptions, type ReadOutcome, readWhole } from "./read.ts";
export { realPath } from "./real-path.ts";
export {
  isOwnSocket,
  readDiscovery,
  readStateFile,
  readStateObject,
  type ServerRecord,
  serverFiles,
} from "./server-record.ts";
export { appendPrivately, createPrivately, linkOnce, openLog, replaceFile } from "./write.ts";
