import type { TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { exchangeLink } from "./exchange-link.ts";
import type { SocketConnection } from "./socket-connection.ts";

/** The tRPC link over a server's unix socket. Loads nothing but `node:net` and the tRPC client. */
export function socketLink<Router extends AnyTRPCRouter>(connection: SocketConnection): TRPCLink<Router> {
  return exchangeLink(connection);
}
