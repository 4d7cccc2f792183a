/** Files of the caller that are read and written with care; nothing else of the SDK comes along. */
export { readWhole, replaceFile } from "@conveyor/files";
