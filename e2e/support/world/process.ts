import { type ChildProcess, spawn } from "node:child_process";

/** How a process ended and what it said. */
export interface Ran {
  argv: readonly string[];
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Text for standard input, which is closed after it. */
  input?: string | undefined;
  /** The process is killed after this time, in milliseconds. Default: a minute. */
  limit_ms?: number | undefined;
}

const LIMIT_MS = 60_000;

/** A process that was started; `done` resolves however it ends and never rejects once it runs. */
export interface Running {
  readonly pid: number;
  readonly done: Promise<Ran>;
  /** What it has printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when its standard output matches; rejects when it ends before. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(signal?: NodeJS.Signals): void;
}

/** Start a program without a shell between. Rejects when it cannot be started at all. */
export async function start(argv: readonly [string, ...string[]], options: StartOptions): Promise<Running> {
  const [program, ...args] = argv;
  const child = spawn(program, args, { cwd: options.cwd, env: { ...options.env }, stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const look of watchers) look();
    });
  }
  child.stdin.on("error", () => {}).end(options.input ?? "");
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const done = ended(child, argv, output, options.limit_ms ?? LIMIT_MS);
  return {
    pid: child.pid as number,
    done,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    kill: (signal = "SIGTERM") => void child.kill(signal),
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(output.stdout);
          if (found === null) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
        void done.then((ran) => reject(new Error(`${argv.join(" ")} ended without printing ${pattern}\n${told(ran)}`)));
      }),
  };
}

function ended(
  child: ChildProcess,
  argv: readonly string[],
  output: { stdout: string; stderr: string },
  limitMs: number,
): Promise<Ran> {
  const timer = setTimeout(() => {
    output.stderr += `\nkilled by the test: still running after ${limitMs} ms`;
    child.kill("SIGKILL");
  }, limitMs);
  return new Promise((resolve) => {
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ argv, code, signal, ...output });
    });
  });
}

/** A process's end as text for an error message. */
export function told(ran: Ran): string {
  return [`$ ${ran.argv.join(" ")}`, `exit ${ran.code ?? ran.signal}`, ran.stdout, ran.stderr]
    .filter(Boolean)
    .join("\n");
}
