import { PROTOCOL, SocketConnection } from "@conveyor/sdk/link";

/** Ask who answers at this socket, whatever its version; undefined when nobody does. */
export async function probeServer(socket: string): Promise<SocketConnection["server"] | undefined> {
  try {
    const connection = await SocketConnection.open({ socket, hello: { protocol: PROTOCOL } });
    connection.close();
    return connection.server;
  } catch {
    return undefined;
  }
}
