import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseTransport, type Transport, type TransportOptions } from "@conveyor/sdk";
import type { Log } from "../log.ts";
import { type RunningServer, type ServerOptions, startServer } from "../server.ts";

/** A state root of its own for one test, with everything that was started for it. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "conveyor-test-"));
  readonly state_root = join(this.folder, ".codex-workers");
  readonly ledger_path = join(this.state_root, "workerctl.db");
  /** What the servers of this world logged. */
  readonly logged: string[] = [];
  readonly #cleanUps: (() => Promise<void>)[] = [];

  readonly log: Log = (event, fields) => {
    this.logged.push(JSON.stringify({ event, ...fields }));
  };

  async server(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
    const server = await startServer({ ledger_path: this.ledger_path, port: 0, log: this.log, ...options });
    this.#cleanUps.push(() => server.close());
    return server;
  }

  async transport(options: TransportOptions = {}): Promise<Transport> {
    const transport = await chooseTransport({ path: this.ledger_path, env: { HOME: this.folder }, ...options });
    this.#cleanUps.push(() => transport.close());
    return transport;
  }

  onCleanUp(work: () => Promise<void>): void {
    this.#cleanUps.push(work);
  }

  async end(): Promise<void> {
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
