/**
 * Files that others may have made: nothing is opened before it was looked at, nothing is read without a bound, nothing is
 * written through a link. Nothing here loads more than node:fs, so the thin path of the command line may use it.
 */
export { makeFolder } from "./folders.ts";
export { assertOwnRoot, isOwnAlone } from "./owner.ts";
export { isPid } from "./pid.ts";
export { type OpenOptions, openRegular, type ReadOptions, type ReadOutcome, readWhole } from "./read.ts";
export { realPath } from "./real-path.ts";
export { appendPrivately, createPrivately, replaceFile } from "./write.ts";
