export { furtherChecks, type InspectOptions, inheritedChecks, inspectLedger, type LedgerCheck } from "./inspect.ts";
export { assertLedger, type PreparedLedger, type PrepareOptions, prepareLedger } from "./migrate.ts";
export type { Migration } from "./migration.ts";
export { repairFts, repairObjects } from "./repair.ts";
export { requiredObjects, SCHEMA_VERSION } from "./version.ts";
