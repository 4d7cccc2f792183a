import { useSyncExternalStore } from "react";
import { type ConnectionState, connection } from "./connection.ts";

/** The state of the page's connection, as it changes. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.state);
}
