export { ConveyorError } from "@conveyor/contracts/errors";
export { type Areas, type Connection, type Conveyor, clientOver, connect, type Method } from "./connect.ts";
export type { MessageSender } from "./dispatch.ts";
export type { InboxAddress, InboxReader, InboxTake } from "./inbox.ts";
export { chooseTransport, type TransportOptions } from "./link/choose.ts";
export type { CallOptions, StreamItem, SubscribeOptions, Transport, TransportMode } from "./link/transport.ts";
