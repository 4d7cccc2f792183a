import { type RunningServer, type ServerOptions, startServer } from "./server.ts";

/** How long an end that was asked for may take before the process ends without it, in milliseconds. */
const END_LIMIT_MS = 12_000;

/**
 * Run a server until it is ended by SIGINT, SIGTERM or `serve --stop`. `onReady` is called once it serves. A second
 * signal ends the process at once, and so does an end that takes too long. Throws what `startServer` throws, and
 * `ledger_replaced` when the ledger was taken away under it.
 */
export async function runServer(options: ServerOptions & { onReady?: (server: RunningServer) => void }): Promise<void> {
  const { onReady, ...serverOptions } = options;
  let giveUp: NodeJS.Timeout | undefined;
  const onClosing = () => {
    giveUp ??= setTimeout(() => {
      options.log("end_forced");
      process.exit(1);
    }, END_LIMIT_MS);
  };
  const server = await startServer({ ...serverOptions, onClosing });
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
    clearTimeout(giveUp);
    process.off("SIGINT", end);
    process.off("SIGTERM", end);
  }
}
