import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { exec } from "../exec.ts";
import type { ProcessTable } from "./table.ts";

/** Facts about processes from `ps` and `lsof`, where there is no `/proc` (macOS). */
export function unixToolsTable(options: { time_limit_ms: number; env: Env }): ProcessTable {
  // One language and one time zone, so that there is one format of dates to read.
  const env = { ...options.env, LC_ALL: "C", TZ: "UTC" };

  /** These tools also exit with 1 when they found nothing, or not everything: what they printed is the answer. */
  async function outputOf(argv: readonly string[]): Promise<string> {
    return (await exec(argv, { env, time_limit_ms: options.time_limit_ms })).stdout;
  }

  function lsof(...selection: string[]): Promise<string> {
    return outputOf(["lsof", "-n", "-P", "-w", ...selection]);
  }

  return {
    async entry(pid) {
      const columns = ["ppid=", "uid=", "pgid=", "tpgid=", "stat=", "lstart="].flatMap((column) => ["-o", column]);
      const line = await outputOf(["ps", ...columns, "-p", String(pid)]);
      const [, parent, user, group, foreground, state, started] =
        /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\S+)\s+(.+?)\s*$/m.exec(line) ?? [];
      if (parent === undefined || state === undefined || started === undefined) return null;
      return {
        pid,
        parent_pid: Number(parent),
        user_id: Number(user),
        zombie: state.startsWith("Z"),
        stopped: state.startsWith("T"),
        started_at: isoOfStart(started),
        group: Number(group),
        foreground_group: Number(foreground) > 0 ? Number(foreground) : null,
      };
    },

    async argv(pid) {
      // `ps` joins the words with blanks; where one of them held a blank cannot be told.
      const line = (await outputOf(["ps", "-ww", "-o", "args=", "-p", String(pid)])).trim();
      return line === "" ? [] : line.split(/\s+/);
    },

    async parents() {
      const lines = (await outputOf(["ps", "-A", "-o", "pid=", "-o", "ppid="])).split("\n");
      return new Map(
        lines.flatMap((line) => {
          const [, pid, parent] = /^\s*(\d+)\s+(\d+)\s*$/.exec(line) ?? [];
          return pid === undefined ? [] : [[Number(pid), Number(parent)] as const];
        }),
      );
    },

    async openFiles(pid) {
      const records = parseLsof(await lsof("-a", "-p", String(pid), "-F", "fn"));
      // Descriptors are numbers; words stand for the program, its libraries and its folder.
      return [...new Set(records.filter((one) => /^\d/.test(one.descriptor)).map((one) => one.path))];
    },

    async holdersOf(path) {
      if (path.startsWith("-")) throw new ConveyorError("invalid_input", `not an absolute path: ${path}`);
      const listing = await lsof("-F", "p", "--", path);
      return [...listing.matchAll(/^p(\d+)$/gm)].map((match) => Number(match[1]));
    },

    async workingDirectory(pid) {
      return parseLsof(await lsof("-a", "-d", "cwd", "-p", String(pid), "-F", "fn"))[0]?.path ?? null;
    },
  };
}

/** `ps -o lstart=` in the C locale and UTC, for instance `Sat Nov 21 11:59:29 2026`. */
function isoOfStart(text: string): string | null {
  const time = Date.parse(`${text} UTC`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

interface LsofRecord {
  descriptor: string;
  path: string;
}

/** Descriptors with an absolute path from the output of `lsof -F fn`: a line each for the descriptor and its name. */
export function parseLsof(output: string): LsofRecord[] {
  const records: LsofRecord[] = [];
  let descriptor = "";
  for (const line of output.split("\n")) {
    if (line.startsWith("f")) descriptor = line.slice(1);
    if (line.startsWith("n/")) records.push({ descriptor, path: unescapeLsof(line.slice(1)) });
  }
  return records;
}

const ESCAPED: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, f: 12, r: 13, "\\": 92 };

/** lsof writes bytes that its locale cannot print as C escapes. */
function unescapeLsof(name: string): string {
  const bytes = name.split(/(\\x[0-9a-f]{2}|\\[btnfr\\])/i).map((part, index) => {
    if (index % 2 === 0) return Buffer.from(part);
    return Buffer.from([part[1] === "x" ? Number.parseInt(part.slice(2), 16) : (ESCAPED[part[1] ?? ""] ?? 63)]);
  });
  return Buffer.concat(bytes).toString("utf8");
}
