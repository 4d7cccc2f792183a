export { canonicalJson } from "@conveyor/contracts/json";
/** The chain of the audit (spec 07 §7.13, 3). */
export * as auditChain from "./audit-chain.ts";
/** The hand-written statements of app autonomy (spec 06): what a pair's leases rest on. */
export * as autonomyRows from "./autonomy/index.ts";
/** The hand-written statements of campaigns (spec 06 §6.4). */
export * as campaignRows from "./campaigns/index.ts";
export { ChangeSignal, type WaitOutcome } from "./changes.ts";
export { isBusy, openHandle, sqliteProblem } from "./connection.ts";
/** The hand-written statements of the message paths (spec 03): claims, routes, deliveries; and inboxes. */
export * as dispatchRows from "./dispatch/index.ts";
export type { EarlierRecord, EarlierReport, EarlierSnapshot } from "./earlier/index.ts";
/** Taking over a database of the earlier tool (spec 07 §7.4). */
export * as earlierLedger from "./earlier/index.ts";
export { insertImportedEvent } from "./events.ts";
/** One state of the ledger for an export, and putting an export's rows into an empty one (spec 07 §7.10.6). */
export * as bundleRows from "./exports/index.ts";
export type { Prisma } from "./generated/prisma/client.ts";
export { type Handle, HandWritten } from "./handle.ts";
export * as inboxRows from "./inbox/index.ts";
export { type Decoded, decodeRow } from "./json.ts";
export type { Whereabouts } from "./ledger-files.ts";
export * as lookups from "./lookups/index.ts";
/** The hand-written statements of loops (spec 05): their runs, receipts and continuations. */
export * as loopRows from "./loops/index.ts";
/** What people are told outside the program, and how it reaches them (spec 10 §10.5). */
export * as noticeRows from "./notifications/index.ts";
export { divergentCycleIds } from "./observation/cycle.ts";
export { markHistory } from "./observation/history.ts";
export * from "./observation/ingest.ts";
export * from "./observation/records.ts";
export { followThread, type ThreadSubject, threadSubject } from "./observation/threads.ts";
export * from "./observation/turn-ends.ts";
export type { Db } from "./prisma.ts";
/** What may be dropped of old content, and dropping it (spec 07 §7.10.7). */
export * as retention from "./retention/index.ts";
export { copyLedger, examineCopy, type LedgerCopy, writeOver } from "./schema/copies.ts";
export {
  type AdoptionFacts,
  adoptionFacts,
  furtherChecks,
  inheritedChecks,
  type LedgerCheck,
  type LedgerOwner,
  ledgerOwner,
  repairFts,
  repairObjects,
  SCHEMA_VERSION,
  schemaChecks,
  takeOverLedger,
} from "./schema/index.ts";
export { maskJson, maskSecrets } from "./secrets/mask.ts";
export { Store, type StoreOptions } from "./store.ts";
export { syncFolder } from "./sync-folders.ts";
/** The record of control points for people (spec 07 §7.9): list, count, follow. */
export * as telemetryRows from "./telemetry/index.ts";
/** The timeline of a task, a page at a time (spec 07 §7.10.2). */
export * as replayRows from "./timeline/index.ts";
export { type EventListener, FastTx, ReadTx, WriteTx } from "./transaction.ts";
/** What the views of telemetry count and list (spec 07 §7.10.5). */
export * as viewRows from "./views/index.ts";
