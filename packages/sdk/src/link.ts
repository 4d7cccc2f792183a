/** The thin way to a running server: nothing here loads zod, Prisma, fetch, ws or node:http. */
export { serverFiles } from "@conveyor/files";
export {
  codexHome,
  expandHome,
  type LedgerLocation,
  type LedgerPathOptions,
  resolveLedger,
} from "./ledger-path.ts";
export { chooseTransport, type TransportOptions } from "./link/choose.ts";
export { ConnectionLost, type Exchange, exchangeLink, type RunningCall } from "./link/exchange-link.ts";
export { SocketConnection, SocketUnavailable } from "./link/socket-connection.ts";
export { socketLink } from "./link/socket-link.ts";
export type {
  CalledOperation,
  CallOptions,
  StreamItem,
  SubscribeOptions,
  Transport,
  TransportMode,
} from "./link/transport.ts";
export * from "./link/wire.ts";
export { programPrefix } from "./program-prefix.ts";
export { VERSION } from "./version.ts";
