export { ChangeSignal, type WaitOutcome } from "./changes.ts";
export { type Handle, isBusy } from "./connection.ts";
export type { Prisma } from "./generated/prisma/client.ts";
export { canonicalJson, type Decoded, decodeRow } from "./json.ts";
export type { Db } from "./prisma.ts";
export { maskSecrets } from "./secrets.ts";
export { Store, type StoreOptions } from "./store.ts";
export {
  type AuditEvent,
  FastTx,
  ReadTx,
  type Severity,
  type TelemetryActor,
  type TelemetryEvent,
  WriteTx,
} from "./transaction.ts";
