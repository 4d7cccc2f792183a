export {
  type EarlierImportOptions,
  type EarlierReport,
  type EarlierTableCount,
  importEarlier,
} from "./import.ts";
export type { EarlierRecord } from "./rollouts.ts";
export { beingWritten, type EarlierSnapshot, openEarlierSnapshot } from "./snapshot.ts";
export { normalTime } from "./time.ts";
