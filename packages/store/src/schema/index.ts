export { furtherChecks, inheritedChecks, type LedgerCheck, schemaChecks } from "./inspect.ts";
export { assertLedger, prepareLedger } from "./migrate.ts";
export {
  type AdoptionFacts,
  adoptionFacts,
  type LedgerOwner,
  ledgerOwner,
  takeOverLedger,
} from "./owner.ts";
export { repairFts, repairObjects } from "./repair.ts";
export { SCHEMA_VERSION } from "./version.ts";
