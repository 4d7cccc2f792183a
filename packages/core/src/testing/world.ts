import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { Registration, Role } from "@conveyor/contracts";
import { checkEvent } from "@conveyor/contracts/events/check";
import {
  type AgentsOptions,
  type Clock,
  createAgents,
  createHost,
  exec,
  type Host,
  type Ids,
  type StartedPane,
  type TypingTarget,
} from "@conveyor/host";
import { Store } from "@conveyor/store";
import { insertTelemetry, type NewTelemetryEvent } from "../../../store/src/events.ts";
import { bind } from "../bindings/bind.ts";
import type { Ctx } from "../ctx.ts";
import { registerManager, registerWorker } from "../sessions/register.ts";
import { create as createTask } from "../tasks/create.ts";
import { type ComposerOptions, Composers } from "./composer.ts";

export interface WorldOptions {
  /** Default: the machine's clock. */
  clock?: Clock;
  /** Default: random ids. */
  ids?: Ids;
  /** How this program is run again. Default: not known. */
  self?: readonly string[];
  /** Kinds of agent beside those that there are, and which is the standard. */
  agents?: Omit<AgentsOptions, "homes">;
  /** Environment that the machine is seen through. Default: the one of this process. */
  env?: Readonly<Record<string, string | undefined>>;
}

export interface SessionOptions {
  name?: string;
  /** Default: a rollout of its own in the world's Codex home. */
  codex_session?: string;
  pid?: number;
  cwd?: string;
  /** Name of the tmux session; start one with `world.tmux`. */
  tmux_session?: string;
  codex_app_thread_id?: string;
}

/** A small world of its own for a test: ledger, files, tmux server. Everything in it is real. */
export class World {
  readonly ctx: Ctx;
  /** Holds everything the world writes; removed on `close`. */
  readonly root: string;
  /** Where its Codex is at home. */
  readonly home: string;
  /** The folder that agents work in unless told otherwise. */
  readonly cwd: string;
  /** Programs that behave like an agent's terminal; see `composer`. */
  readonly composers: Composers;
  readonly #tmuxSocket: string;
  #names = 0;

  constructor(options: WorldOptions) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-world-")));
    this.cwd = join(this.root, "project");
    mkdirSync(this.cwd);
    this.composers = new Composers(this.root);
    this.#tmuxSocket = `conveyor-test-${randomBytes(6).toString("hex")}`;
    const host = createHost({
      clock: options.clock,
      ids: options.ids,
      env: options.env,
      tmux: { socket_name: this.#tmuxSocket, config_file: "/dev/null" },
    });
    const state_root = join(this.root, "state");
    const settings = {
      state_root,
      ledger_path: join(state_root, "workerctl.db"),
      program: "conveyor",
      self: options.self ?? [],
      durable: false,
    };
    const store = Store.open({
      path: settings.ledger_path,
      create: true,
      clock: host.clock,
      host_id: () => host.host_id,
      told: checkEvent,
    });
    this.home = join(this.root, "codex-home");
    const agents = createAgents({ homes: { codex: this.home }, ...options.agents });
    this.ctx = { host, agents, settings, store, signal: new AbortController().signal };
  }

  get store(): Store {
    return this.ctx.store;
  }

  get host(): Host {
    return this.ctx.host;
  }

  /** A second process's view of the same ledger: a connection of its own. The caller closes its store. */
  otherCtx(): Ctx {
    return {
      ...this.ctx,
      store: Store.open({
        path: this.ctx.settings.ledger_path,
        create: false,
        clock: this.host.clock,
        told: checkEvent,
      }),
    };
  }

  /** Resolves when something holds of the ledger, which is looked at again with every commit, whoever makes it. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    const { changes } = this.store;
    for (;;) {
      const seen = changes.version;
      if (await holds()) return;
      const outcome = await changes.wait(seen, { timeout_ms: Number.MAX_SAFE_INTEGER });
      if (outcome !== "changed") throw new Error("the ledger was closed before that held");
    }
  }

  /** An open task. */
  task(options: { name?: string; goal?: string; summary?: string | null } = {}) {
    const { name = this.#next("task"), goal = "make it work", summary = null } = options;
    return createTask(this.ctx, { name, goal, summary });
  }

  worker(options: SessionOptions = {}): Promise<Registration> {
    return this.#session("worker", options);
  }

  manager(options: SessionOptions = {}): Promise<Registration> {
    return this.#session("manager", options);
  }

  /** A task bound to a worker and a manager; names default to new ones, options describe the sessions. */
  async pair(options: { task?: string; worker?: SessionOptions; manager?: SessionOptions } = {}) {
    const task = await this.task({ name: options.task });
    const worker = await this.worker({ name: `${task.name}-worker`, ...options.worker });
    const manager = await this.manager({ name: `${task.name}-manager`, ...options.manager });
    const { binding_id } = await bind(this.ctx, { task: task.id, worker: worker.name, manager: manager.name });
    return { task, worker, manager, binding_id };
  }

  /** A rollout file as Codex begins one, with further records as lines; returns its path. */
  rollout(
    options: { thread_id?: string; cwd?: string; timestamp?: string; records?: readonly object[]; meta?: object } = {},
  ): string {
    const { thread_id = randomUUID(), cwd = this.cwd, records = [], meta = {} } = options;
    const now = this.host.clock.now();
    const timestamp = options.timestamp ?? now.toISOString();
    const two = (part: number) => String(part).padStart(2, "0");
    const [year, month, day] = [String(now.getFullYear()), two(now.getMonth() + 1), two(now.getDate())];
    const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-");
    const name = `rollout-${year}-${month}-${day}T${time}-${thread_id}.jsonl`;
    const path = join(this.home, "sessions", year, month, day, name);
    mkdirSync(dirname(path), { recursive: true });
    const payload = { id: thread_id, cwd, timestamp, originator: "codex_cli_rs", cli_version: "0.169.0", ...meta };
    const lines = [{ timestamp, type: "session_meta", payload }, ...records];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return path;
  }

  /** A tmux session on the world's own server. Default program: one that only waits. */
  tmux(session: string, argv: readonly string[] = ["sleep", "600"]): Promise<StartedPane> {
    return this.host.tmux.start({ session, cwd: this.cwd, argv });
  }

  /** A tmux session with an agent at its composer, shown when this resolves. */
  async composer(session: string, options: ComposerOptions = {}): Promise<StartedPane> {
    const pane = await this.tmux(session, this.composers.argv(session, options));
    const shown = options.dialog?.split("\n")[0] ?? "›";
    while (!(await this.host.tmux.capture({ session }, 0)).includes(shown)) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return pane;
  }

  /** A pane to type into as a person would, whoever is in it. */
  typing(session: string): TypingTarget {
    return { session, agent: { process: null, isProgram: () => true } };
  }

  /** A telemetry event of any name, as an imported ledger may hold it; default: a `probe` of the program. */
  anyTelemetry(row: Partial<NewTelemetryEvent> = {}): Promise<string> {
    const probe = { event_type: "probe", summary: "a probe", actor: "workerctl", severity: "info" } as const;
    return this.store.fast((tx) => insertTelemetry(tx, { ...probe, attributes: {}, ...row }));
  }

  /** Types of the audit events so far, oldest first. */
  async auditTypes(): Promise<string[]> {
    const rows = await this.store.read((tx) =>
      tx.db.events.findMany({ orderBy: { seq: "asc" }, select: { type: true } }),
    );
    return rows.map(({ type }) => type);
  }

  /** The newest audit event of a type, with its payload parsed; undefined when there is none. */
  async auditEvent(type: string) {
    const row = await this.store.read((tx) => tx.db.events.findFirst({ where: { type }, orderBy: { seq: "desc" } }));
    return row === null ? undefined : { ...row, payload: JSON.parse(row.payload_json) as Record<string, unknown> };
  }

  /** Types of the telemetry events so far, oldest first. */
  async telemetryTypes(): Promise<string[]> {
    const rows = await this.store.read((tx) =>
      tx.db.telemetry_events.findMany({ orderBy: { seq: "asc" }, select: { event_type: true } }),
    );
    return rows.map(({ event_type }) => event_type);
  }

  /** The newest telemetry event of a type, with its objects parsed; undefined when there is none. */
  async telemetryEvent(event_type: string) {
    const row = await this.store.read((tx) =>
      tx.db.telemetry_events.findFirst({ where: { event_type }, orderBy: { seq: "desc" } }),
    );
    if (row === null) return undefined;
    return {
      ...row,
      correlation: JSON.parse(row.correlation_json) as Record<string, unknown>,
      attributes: JSON.parse(row.attributes_json) as Record<string, unknown>,
    };
  }

  /** End everything that the world started and remove its files. */
  async close(): Promise<void> {
    await this.store.close();
    const socket = join(process.env["TMUX_TMPDIR"] ?? "/tmp", `tmux-${userInfo().uid}`, this.#tmuxSocket);
    if (existsSync(socket)) {
      await exec(["tmux", "-L", this.#tmuxSocket, "kill-server"]);
      rmSync(socket, { force: true });
    }
    // A program that tmux just ended may still write its last line.
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  #session(role: Role, { name = this.#next(role), codex_session, ...others }: SessionOptions): Promise<Registration> {
    const register = role === "worker" ? registerWorker : registerManager;
    const rollout = codex_session ?? (others.pid === undefined ? this.rollout({ cwd: others.cwd }) : undefined);
    if (others.tmux_session !== undefined && rollout !== undefined) {
      this.composers.recordIn(others.tmux_session, rollout);
    }
    return register(this.ctx, { name, codex_session: rollout, ...others });
  }

  #next(kind: string): string {
    this.#names += 1;
    return `${kind}-${this.#names}`;
  }
}

/** A new world; close it after the test. */
export function createWorld(options: WorldOptions = {}): World {
  return new World(options);
}
