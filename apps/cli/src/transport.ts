import type { Transport } from "@conveyor/sdk/link";
import type { Io } from "./io.ts";
import type { ParsedCall } from "./parse.ts";
import { harmless } from "./print/text.ts";

/**
 * The way to the router: a named server, the one that runs for the ledger, or this process. Loaded only when a command
 * is really run, so that help and usage errors stay quick.
 */
export async function openTransport(call: ParsedCall, io: Io): Promise<Transport> {
  const { chooseTransport } = await import("@conveyor/sdk/link");
  const transport = await chooseTransport({
    path: call.ledger,
    server: call.server,
    cwd: io.cwd,
    env: io.env,
    self: [process.execPath, io.invoked],
    onNotice: (text) => void io.stderr.write(`warning: ${harmless(text)}\n`),
  });
  const answersAtOnce = call.operation.kind !== "subscription" && !call.operation.here;
  if (transport.mode === "embedded" && answersAtOnce) await skipOptimizing();
  return transport;
}

/**
 * Prisma's query compiler is WebAssembly. For the few queries of one command V8 would begin to optimise it in the
 * background, and the process would have to wait for that before it may end: half of the time of such a command.
 */
async function skipOptimizing(): Promise<void> {
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}
