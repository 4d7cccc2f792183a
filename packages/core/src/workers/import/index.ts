export { importFolders, planImport } from "./folders.ts";
export { importLedger } from "./ledger.ts";
