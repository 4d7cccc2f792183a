export { furtherChecks, inheritedChecks, type LedgerCheck } from "./inspect.ts";
export { assertLedger, prepareLedger } from "./migrate.ts";
export { type AdoptionFacts, adoptionFacts, adoptLedger, type LedgerOwner, ledgerOwner } from "./owner.ts";
export { repairFts, repairObjects } from "./repair.ts";
export { SCHEMA_VERSION } from "./version.ts";
