import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ran, type StartOptions, start } from "../world/process.ts";
import type { DiskEvent, Printed, Traced } from "./events.ts";

/** The calls by which a program changes files, names and what is known to be on the disk. */
const CALLS = "openat,mkdir,unlink,pwrite64,write,ftruncate,fsync,fdatasync";
/** Longer than anything that is written at once to a file that is looked at. */
const LONGEST_WRITE = 256 * 1024;

export interface TraceOptions extends StartOptions {
  /** Where the trace itself goes. */
  trace: string;
  /** Folder of the files that are looked at. */
  state_root: string;
  /** Folder of the files that processes print their answers to. */
  answers: string;
}

export interface Trace {
  events: Traced[];
  printed: Printed[];
}

/** Why nothing can be traced here; undefined when it can. */
export async function tracingProblem(options: StartOptions): Promise<string | undefined> {
  try {
    const ran = await (await start(["strace", "-f", "-o", "/dev/null", "true"], options)).done;
    return ran.code === 0 ? undefined : (ran.stderr.trim().split("\n")[0] ?? "it failed");
  } catch (error) {
    return (error as Error).message;
  }
}

/** Run a program and everything that it starts, and tell what they did to the disk and when they said what. */
export async function traced(argv: readonly string[], options: TraceOptions): Promise<Trace & { ran: Ran }> {
  const { trace } = options;
  const strace = ["-f", "-y", "-xx", "-s", String(LONGEST_WRITE), "--seccomp-bpf", "-e", `trace=${CALLS}`, "-o", trace];
  const ran = await (await start(["strace", ...strace, "--", ...argv], options)).done;
  return { ran, ...readTrace(readFileSync(trace, "latin1"), options) };
}

interface Call {
  name: string;
  args: string;
  result: number;
  /** What the result stands for, where it is a descriptor. */
  opened: string | undefined;
  began: number;
  ended: number;
}

/** Calls in the order of their ends. Where another process came between, begin and end of a call are two lines. */
function* callsIn(text: string): Generator<Call> {
  const unfinished = new Map<string, { line: string; began: number }>();
  let number = 0;
  for (const line of text.split("\n")) {
    number += 1;
    const [, pid = "", said = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (said.endsWith("<unfinished ...>")) {
      unfinished.set(pid, { line: said.slice(0, -"<unfinished ...>".length), began: number });
      continue;
    }
    const [resumed = ""] = /^<\.\.\. \w+ resumed>/.exec(said) ?? [];
    const begin = resumed === "" ? undefined : unfinished.get(pid);
    const whole = (begin?.line ?? "") + said.slice(resumed.length);
    const [, name, args, result, opened] = /^(\w+)\((.*)\)\s+= (-?\d+)(?:<([^>]*)>)?/.exec(whole) ?? [];
    if (name === undefined || args === undefined) continue;
    const began = begin?.began ?? number;
    yield { name, args, result: Number(result), opened: opened && unescaped(opened).toString(), began, ended: number };
  }
}

/** `\x2f\x74` as the bytes that it stands for. */
function unescaped(text: string): Buffer {
  return Buffer.from(text.replaceAll("\\x", ""), "hex");
}

/** What a trace tells of one ledger and of the answers. */
function readTrace(text: string, { state_root, answers }: Pick<TraceOptions, "state_root" | "answers">): Trace {
  const trace: Trace = { events: [], printed: [] };
  for (const call of callsIn(text)) {
    if (call.result < 0) continue;
    const { ended } = call;
    for (const event of eventsOf(call)) {
      if (event.kind === "write" && event.path.startsWith(join(answers, "/"))) {
        trace.printed.push({ text: event.bytes.toString(), ended });
      } else if (isLookedAt(event.path, state_root)) trace.events.push({ ...event, ended });
    }
  }
  return trace;
}

/** The ledger's own files, and the folders on the way to them. The log's index is shared memory, of which a disk has nothing. */
function isLookedAt(path: string, state_root: string): boolean {
  return /\/workerctl\.db(-wal|-journal)?$/.test(path) || `${state_root}/`.startsWith(path === "/" ? path : `${path}/`);
}

function eventsOf({ name, args, result, opened, began }: Call): DiskEvent[] {
  const names = [...args.matchAll(/"([^"]*)"/g)].map(([, name = ""]) => unescaped(name));
  const path = String(names[0]);
  const [, descriptor] = /^\d+<([^>]*)>(?!\(deleted\))/.exec(args) ?? [];
  const file = descriptor === undefined ? undefined : unescaped(descriptor).toString();
  switch (name) {
    case "openat":
      return opened !== undefined && args.includes("O_CREAT") ? [{ kind: "create", path: opened }] : [];
    case "mkdir":
      return [{ kind: "make_folder", path }];
    case "unlink":
      return [{ kind: "remove", path }];
    case "fsync":
    case "fdatasync":
      return file === undefined ? [] : [{ kind: "sync", path: file, began }];
    case "ftruncate":
      return file === undefined ? [] : [{ kind: "truncate", path: file, size: Number(args.split(", ").at(-1)) }];
    case "write":
    case "pwrite64": {
      if (file === undefined) return [];
      const at = name === "write" ? 0 : Number(args.split(", ").at(-1));
      return [{ kind: "write", path: file, at, bytes: (names[0] as Buffer).subarray(0, result) }];
    }
    default:
      return [];
  }
}
