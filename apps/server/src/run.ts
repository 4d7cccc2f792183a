import { type RunningServer, type ServerOptions, startServer } from "./server.ts";

/**
 * Run a server until it is ended by SIGINT, SIGTERM or `serve --stop`. `onReady` is called once it serves. A second
 * signal ends the process at once. Throws what `startServer` throws.
 */
export async function runServer(options: ServerOptions & { onReady?: (server: RunningServer) => void }): Promise<void> {
  const { onReady, ...serverOptions } = options;
  const server = await startServer(serverOptions);
  const end = (signal: NodeJS.Signals) => {
    options.log("signal_received", { signal });
    process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
    void server.close();
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  onReady?.(server);
  try {
    await server.closed;
  } finally {
    process.off("SIGINT", end);
    process.off("SIGTERM", end);
  }
}
