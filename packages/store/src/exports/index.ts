export { brokenReference, deferReferences, disownLedger, isEmptyLedger, RowRestorer } from "./restore.ts";
export { type BundleColumn, LedgerSnapshot } from "./snapshot.ts";
export { type ExportedFacts, hasChecksOrReceipt, readExportedFacts } from "./status.ts";
export { BUNDLE_TABLES, type BundleTable, NUDGE_ROWS } from "./tables.ts";
