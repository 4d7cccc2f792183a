import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Conveyor, connect } from "@conveyor/sdk";
import { type RolloutPlan, type WrittenRollout, writeRollout } from "./rollout.ts";

/** The built program. */
export const PROGRAM = fileURLToPath(new URL("../../bin/conveyor", import.meta.url));
const run = promisify(execFile);
const COMMAND_LIMIT_MS = 120_000;

/** What the rollout of a worker is like. */
export type WorkerPlan = Pick<RolloutPlan, "lines" | "line_bytes" | "begins">;

/** A worker that has done nothing yet. */
export const SHORT_ROLLOUT: WorkerPlan = { lines: 2, line_bytes: 500 };

/** A supervised pair without terminals. */
export interface Pair {
  task: string;
  worker: string;
  manager: string;
  rollout: WrittenRollout;
}

/** A running server. */
export interface Server {
  url: string;
  pid: number;
  token_file: string;
}

/** A state root of its own, and the built program to use on it. */
export class BenchWorld {
  readonly root: string;
  readonly ledger: string;
  readonly env: NodeJS.ProcessEnv;
  #pairs = 0;

  constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-bench-")));
    this.ledger = join(this.root, "state", "workerctl.db");
    const own = { CODEX_HOME: join(this.root, "codex-home"), CONVEYOR_STATE_ROOT: join(this.root, "state") };
    const inherited = Object.entries(process.env).filter(([name]) => !/^(CONVEYOR|WORKERCTL|CODEX|TMUX)/.test(name));
    this.env = { ...Object.fromEntries(inherited), ...own };
    mkdirSync(join(this.root, "project"));
  }

  /** A client of this state root: of its server when one runs, else in this process. */
  connect(): Promise<Conveyor> {
    return connect({ path: this.ledger, env: this.env });
  }

  /** Run the program; throws when it fails. */
  async conveyor(...args: string[]): Promise<string> {
    const options = { env: this.env, cwd: this.root, timeout: COMMAND_LIMIT_MS, maxBuffer: 1 << 26 };
    const { stdout } = await run(process.execPath, [PROGRAM, ...args], options);
    return stdout;
  }

  /** A task with a worker, whose rollout is as planned, and a manager. */
  async pair(client: Conveyor, plan: WorkerPlan): Promise<Pair> {
    const number = (this.#pairs += 1);
    const [task, worker, manager] = [`task-${number}`, `worker-${number}`, `manager-${number}`];
    const rollout = this.#rollout(`worker-${number}`, plan);
    await client.tasks.create({ name: task, goal: "be measured" });
    await client.sessions.registerWorker({ name: worker, codex_session: rollout.path });
    const own = this.#rollout(`manager-${number}`, SHORT_ROLLOUT);
    await client.sessions.registerManager({ name: manager, codex_session: own.path });
    await client.bindings.bind({ task, worker, manager });
    return { task, worker, manager, rollout };
  }

  /** Start a server on this state root and run `work` beside it. */
  async withServer<T>(flags: readonly string[], work: (server: Server) => Promise<T>): Promise<T> {
    const started = await this.conveyor("serve", "--detach", "--port", "0", "--json", ...flags);
    try {
      return await work(JSON.parse(started));
    } finally {
      await this.conveyor("serve", "--stop");
    }
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #rollout(name: string, plan: WorkerPlan): WrittenRollout {
    const folder = join(this.root, "codex-home", "sessions", "2026", "11", "21", name);
    return writeRollout({ ...plan, folder, cwd: join(this.root, "project") });
  }
}

/** Run `work` in a new world that is removed afterwards. */
export async function inWorld<T>(work: (world: BenchWorld) => Promise<T>): Promise<T> {
  const world = new BenchWorld();
  try {
    return await work(world);
  } finally {
    world.close();
  }
}
