import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve as resolvePath } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Confinement } from "./confinement.ts";
import { OutputWatch, type SeenOutput } from "./output.ts";
import { confine, findSandbox, type SandboxEngine } from "./sandbox.ts";

export interface RunRequest {
  /** Program and arguments; no shell. */
  argv: readonly string[];
  /** The whole environment of the program; its PATH also finds it. */
  env: Env;
  /** How long it may run before its process group is ended. */
  time_limit_ms: number;
  /** How long the group may take to end by itself after SIGTERM. Default: 5 seconds (spec 09 §9.3). */
  grace_ms?: number | undefined;
  /** Written to standard input, which is then closed. Without it standard input is empty. */
  input?: string | undefined;
  /** How much of the beginning of each stream is kept. Default: 64 KiB. */
  head_bytes?: number | undefined;
  /** How much of the end is kept. Default: 16 KiB. */
  tail_bytes?: number | undefined;
  /** `auto`: a sandbox where one works; `required`: not without; `none`: without. */
  sandbox: "auto" | "required" | "none";
  confinement: Confinement;
  signal?: AbortSignal | undefined;
}

/** How a run ended: by itself, by a signal that was not ours, by the time limit, by the caller, or before it began. */
export type RunEnding = "exited" | "signalled" | "timed_out" | "cancelled" | "not_started";

export interface RunResult {
  ending: RunEnding;
  /** Null unless it exited. */
  exit_code: number | null;
  exit_signal: NodeJS.Signals | null;
  /** Why it did not start, without its arguments; null when it did. */
  problem: string | null;
  duration_ms: number;
  stdout: SeenOutput;
  stderr: SeenOutput;
  /** Both streams in the order in which they came. */
  output: SeenOutput;
  sandbox: SandboxEngine;
  /** Why there was no sandbox although one was wanted; null otherwise. */
  sandbox_problem: string | null;
  /** Whether processes of its group were still there after it had ended, and were ended. */
  left_processes: boolean;
}

const GRACE_MS = 5_000;
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 16 * 1024;
/** How long pipes are read on after the program has ended and its group was killed; only who left the group still holds them. */
const DRAIN_MS = 500;

/**
 * Run a check or a reviewer: argv without a shell, in a process group of its own, without a terminal, in a sandbox where one
 * works, its output hashed as it comes and kept in bounds. Whatever happens is a result: that it cannot be started, that it
 * runs too long, that it floods. When it resolves, nothing of the group runs any more.
 *
 * Throws `unsupported_platform` when a sandbox is required and none works here.
 */
export async function run(request: RunRequest): Promise<RunResult> {
  const { argv, sandbox, env, confinement } = request;
  const found = sandbox === "none" ? { engine: "none" as const, problem: null } : await findSandbox(env);
  if (sandbox === "required" && found.engine === "none") {
    throw new ConveyorError("unsupported_platform", `a sandbox is required: ${found.problem}`, {
      hint: "install bubblewrap, or allow the run without a sandbox",
    });
  }
  const seen = { engine: found.engine, problem: found.problem };
  if (request.signal?.aborted) return notStarted("cancelled", "cancelled before it began", seen);
  const missing = startProblem(argv, confinement.cwd, env);
  if (missing !== null) return notStarted("not_started", missing, seen);
  const confined = confine(found.engine, argv, confinement);
  try {
    return await runGroup(confined.argv, request, seen);
  } finally {
    confined.dispose();
  }
}

type Seen = { engine: SandboxEngine; problem: string | null };

function runGroup(argv: readonly string[], request: RunRequest, seen: Seen): Promise<RunResult> {
  const { time_limit_ms, grace_ms = GRACE_MS, signal } = request;
  const limits = { head_bytes: request.head_bytes ?? HEAD_BYTES, tail_bytes: request.tail_bytes ?? TAIL_BYTES };
  const [program = "", ...args] = argv;
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: request.confinement.cwd,
      env: request.env as NodeJS.ProcessEnv,
      stdio: [request.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      // A session and group of its own: no terminal to ask, and everything that it starts can be ended together.
      detached: true,
    });
    const streams = {
      stdout: new OutputWatch(limits),
      stderr: new OutputWatch(limits),
      output: new OutputWatch(limits),
    };
    const timers: NodeJS.Timeout[] = [];
    let ended_by: "timed_out" | "cancelled" | undefined;
    let left_processes = false;
    let settled = false;

    const settle = (result: Pick<RunResult, "ending" | "problem">) => {
      if (settled) return;
      settled = true;
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      resolve({
        ...result,
        exit_code: result.ending === "exited" ? child.exitCode : null,
        exit_signal: child.signalCode,
        duration_ms: Math.round(performance.now() - started),
        stdout: streams.stdout.end(),
        stderr: streams.stderr.end(),
        output: streams.output.end(),
        sandbox: seen.engine,
        sandbox_problem: seen.problem,
        left_processes,
      });
    };
    const ending = (): RunEnding => ended_by ?? (child.exitCode === null ? "signalled" : "exited");
    const finish = () => settle({ ending: ending(), problem: null });
    const end = (why: "timed_out" | "cancelled") => {
      // It may have ended by itself in this very moment: then that is the result.
      if (child.exitCode !== null || child.signalCode !== null) return;
      ended_by ??= why;
      signalGroup(child, "SIGTERM");
      timers.push(setTimeout(() => signalGroup(child, "SIGKILL"), grace_ms));
    };
    const onAbort = () => end("cancelled");
    timers.push(setTimeout(() => end("timed_out"), time_limit_ms));
    signal?.addEventListener("abort", onAbort, { once: true });

    child.on("error", (error) => {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown reason";
      settle({ ending: "not_started", problem: `${program} could not be started (${code})` });
    });
    child.on("exit", () => {
      // What it left behind in its group would go on changing files after the verdict.
      left_processes = signalGroup(child, ended_by === undefined ? "SIGKILL" : "SIGTERM");
      if (left_processes && ended_by !== undefined) {
        timers.push(setTimeout(() => signalGroup(child, "SIGKILL"), grace_ms));
      }
      timers.push(setTimeout(finish, DRAIN_MS + (left_processes && ended_by !== undefined ? grace_ms : 0)));
    });
    child.on("close", () => {
      signalGroup(child, "SIGKILL");
      finish();
    });
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.on("data", (chunk: Buffer) => {
        streams[name].add(chunk);
        streams.output.add(chunk);
      });
    }
    // A program may end without reading its input; its exit code tells whether that mattered.
    child.stdin?.on("error", () => {});
    child.stdin?.end(request.input);
  });
}

/** Whether anybody was there to be signalled. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** Why the program cannot be started, as far as that can be seen beforehand: behind a sandbox it would look like its own failure. */
function startProblem([program]: readonly string[], cwd: string, env: Env): string | null {
  if (program === undefined || program === "") return "there is no program to run";
  if (!existsSync(join(cwd, "."))) return `there is no folder ${cwd}`;
  if (program.includes("/")) return existsSync(resolvePath(cwd, program)) ? null : `there is no program ${program}`;
  const isThere = (env["PATH"] ?? "").split(":").some((folder) => folder !== "" && existsSync(join(folder, program)));
  return isThere ? null : `${program} is not installed or not on PATH`;
}

function notStarted(ending: RunEnding, problem: string, seen: Seen): RunResult {
  const nothing = () => new OutputWatch({ head_bytes: 0, tail_bytes: 0 }).end();
  return {
    ending,
    exit_code: null,
    exit_signal: null,
    problem,
    duration_ms: 0,
    stdout: nothing(),
    stderr: nothing(),
    output: nothing(),
    sandbox: seen.engine,
    sandbox_problem: seen.problem,
    left_processes: false,
  };
}
