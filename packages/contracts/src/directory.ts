import type { AnswerContent } from "./content.ts";
import { directory } from "./generated/directory.ts";
import type { FieldRules } from "./judge.ts";
import type { AnyOperation, LedgerUse, OperationKind } from "./operation.ts";
import type { OperationPath } from "./registry.ts";

/** What is known of an operation before its schemas are loaded, and how they are loaded. */
export interface DirectoryEntry {
  path: OperationPath;
  kind: OperationKind;
  ledger: LedgerUse;
  /** Runs in the caller's own process unless a server was named explicitly. */
  here?: true;
  /** How each field of the input is judged without its schema; null where the input as a whole needs it. */
  fields: Readonly<Record<string, FieldRules>> | null;
  /** What of its answer is hidden unless it is asked for; absent when nothing is. */
  content?: AnswerContent;
  load(): Promise<AnyOperation>;
}

export { directory };
