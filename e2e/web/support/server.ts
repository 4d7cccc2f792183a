import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type RunningServer, startServer } from "../../../apps/server/src/index.ts";
import * as dispatch from "../../../packages/core/src/dispatch/index.ts";
import type { Ledger } from "./ledger.ts";

const WEB = fileURLToPath(new URL("../../../apps/web", import.meta.url));

/** Build the page as it stands in the sources into a folder. */
export async function buildPage(folder: string): Promise<void> {
  await build({ root: WEB, logLevel: "warn", build: { outDir: folder, emptyOutDir: true } });
}

/** The real server of a ledger with this built page and without Dispatch. Port 0 takes any. */
export function serve(ledger: Ledger, web_root: string, port = 0): Promise<RunningServer> {
  return startServer({ ledger_path: ledger.path, port, web_root, log: () => {}, env: ledger.env });
}

/** The same with Dispatch running in it, as `conveyor serve` does. */
export function serveWithDispatch(ledger: Ledger, web_root: string): Promise<RunningServer> {
  const options = { dispatcher_id: "dispatch-server", interval: 2, lease_seconds: 60, limit: 10 };
  return startServer({
    ledger_path: ledger.path,
    port: 0,
    web_root,
    log: () => {},
    env: ledger.env,
    dispatch: (ctx) => dispatch.startDispatchLoop(ctx, options),
  });
}
