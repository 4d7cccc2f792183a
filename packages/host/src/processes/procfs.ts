import { access, readdir, readFile, readlink, stat } from "node:fs/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import { hasEnded, statFields } from "@conveyor/files";
import type { ProcessEntry, ProcessTable } from "./table.ts";

/** `/proc` counts in ticks of 1/100 s: USER_HZ, which Linux keeps fixed for programs. */
const TICKS_PER_SECOND = 100;
const DELETED = / \(deleted\)$/;

/** Facts about processes from Linux's `/proc`, without starting a program. */
export function procfsTable(options: { time_limit_ms: number; root?: string }): ProcessTable {
  const root = options.root ?? "/proc";

  async function bootTimeMs(): Promise<number | null> {
    const seconds = /^btime (\d+)$/m.exec(await textOf(`${root}/stat`))?.[1];
    return seconds === undefined ? null : Number(seconds) * 1_000;
  }

  async function pids(): Promise<number[]> {
    return (await readdir(root)).filter((name) => /^\d+$/.test(name)).map(Number);
  }

  async function openFiles(pid: number): Promise<string[]> {
    const folder = `${root}/${pid}/fd`;
    const descriptors = await readdir(folder).catch(() => []);
    const paths = await Promise.all(descriptors.map((fd) => openPath(`${folder}/${fd}`)));
    return [...new Set(paths.filter((path) => path !== null))];
  }

  return {
    openFiles,

    async entry(pid) {
      const fields = statFields(await textOf(`${root}/${pid}/stat`));
      if (fields === null) return null;
      const boot = await bootTimeMs();
      const started = boot === null ? null : boot + (fields.start_ticks * 1_000) / TICKS_PER_SECOND;
      return {
        pid,
        parent_pid: fields.parent_pid,
        user_id: await stat(`${root}/${pid}`).then(
          ({ uid }) => uid,
          () => null,
        ),
        zombie: hasEnded(fields),
        stopped: fields.state === "T",
        started_at: started === null ? null : new Date(started).toISOString(),
        group: fields.group,
        foreground_group: fields.foreground_group > 0 ? fields.foreground_group : null,
      } satisfies ProcessEntry;
    },

    async argv(pid) {
      const line = await textOf(`${root}/${pid}/cmdline`);
      return line === "" ? [] : line.replace(/\0$/, "").split("\0");
    },

    async parents() {
      const found = await Promise.all(
        (await pids()).map(async (pid) => [pid, statFields(await textOf(`${root}/${pid}/stat`))?.parent_pid] as const),
      );
      return new Map(found.filter((pair): pair is readonly [number, number] => pair[1] !== undefined));
    },

    async holdersOf(path) {
      const deadline = performance.now() + options.time_limit_ms;
      const holders: number[] = [];
      for (const pid of await pids()) {
        if (performance.now() > deadline) {
          throw new ConveyorError(
            "timeout",
            `could not find out within ${options.time_limit_ms} ms who has ${path} open`,
            {
              details: { path },
            },
          );
        }
        if ((await openFiles(pid)).includes(path)) holders.push(pid);
      }
      return holders;
    },

    async workingDirectory(pid) {
      return readlink(`${root}/${pid}/cwd`).catch(() => null);
    },
  };
}

/** A process may end at any moment; then its files read as empty. */
async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

/** The path an open descriptor points to, unless it is a pipe, a socket or a file that has been deleted. */
async function openPath(descriptor: string): Promise<string | null> {
  const path = await readlink(descriptor).catch(() => null);
  if (!path?.startsWith("/")) return null;
  // A file may really be named so; a deleted one does not exist under that name.
  if (DELETED.test(path) && !(await exists(path))) return null;
  return path;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
