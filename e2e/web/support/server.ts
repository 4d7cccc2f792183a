import { createLoginUrl } from "../../../apps/server/src/index.ts";
import { start, told } from "../../support/world/process.ts";
import { BUILT_PROGRAM } from "../../support/world/world.ts";
import type { Ledger } from "./ledger.ts";

/** The built program as a process of its own, serving a ledger and the page that was built into it. */
export interface PageServer {
  readonly url: string;
  /** A link that signs a browser in, once. */
  createLoginUrl(): Promise<string>;
  /** End it as its user would. */
  close(): Promise<void>;
}

/** `conveyor serve`; port 0 takes any. */
export async function serve(ledger: Ledger, { port = 0, dispatch = false } = {}): Promise<PageServer> {
  const flags = ["--path", ledger.path, "--port", String(port), ...(dispatch ? [] : ["--no-dispatch"]), "--json"];
  const env = Object.fromEntries(Object.entries(ledger.env).filter(([, value]) => value !== undefined));
  const running = await start([process.execPath, BUILT_PROGRAM, "serve", ...flags], {
    cwd: ledger.root,
    env: env as Record<string, string>,
    limit_ms: 600_000,
  });
  const [document] = await running.printed(/^\{[\s\S]*^\}$/m);
  return {
    url: (JSON.parse(document) as { url: string }).url,
    createLoginUrl: () => createLoginUrl({ ledger_path: ledger.path }),
    async close() {
      running.kill();
      const ran = await running.done;
      if (ran.code !== 0) throw new Error(told(ran));
    },
  };
}
