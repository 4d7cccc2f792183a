/** What every caller of core needs. Areas are entered through their own door, `@conveyor/core/<area>`, so that a process loads only those it uses. */
export { type Agents, createAgents, createHost, type Host } from "@conveyor/host";
export { maskSecrets, Store } from "@conveyor/store";
export type { Ctx, HostCtx, MaybeLedger, Settings } from "./ctx.ts";
export { LedgerGuard } from "./shared/ledger-guard.ts";
