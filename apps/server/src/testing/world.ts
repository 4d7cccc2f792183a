import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
    const transport = await chooseTransport({
      path: this.ledger_path,
      env: { HOME: this.folder, CONVEYOR_CHECK_ANSWERS: "1" },
      ...options,
    });
    this.#cleanUps.push(() => transport.close());
    return transport;
  }

  /** The rollout of a session behind which there is no agent; returns its path. */
  rollout(): string {
    const thread_id = randomUUID();
    const path = join(this.folder, "rollouts", `rollout-2026-01-02T03-04-05-${thread_id}.jsonl`);
    const timestamp = "2026-01-02T03:04:05.000Z";
    const payload = { id: thread_id, cwd: this.folder, timestamp, originator: "test", cli_version: "0.169.0" };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ timestamp, type: "session_meta", payload })}\n`);
    return path;
  }

  onCleanUp(work: () => Promise<void>): void {
    this.#cleanUps.push(work);
  }

  async end(): Promise<void> {
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
