import { basename, dirname } from "node:path";
import { readDiscovery } from "@conveyor/files";
import { exec } from "@conveyor/host";

/** Who listens on a port: a process, and if it is a server of ours, its ledger. */
export interface PortHolder {
  pid: number;
  program: string;
  ledger_path: string | undefined;
}

/** Who listens on this TCP port, as far as the system tells us: only of our own processes, and only where lsof is installed. */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const listening = await lsof("-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc");
  const pid = Number(/^p(\d+)$/m.exec(listening)?.[1]);
  if (!Number.isInteger(pid)) return undefined;
  const program = /^c(.+)$/m.exec(listening)?.[1] ?? "";
  const files = await lsof("-nP", "-a", "-p", String(pid), "-d", "0-999", "-Fn");
  const open = new Set([...files.matchAll(/^n(\/.+)-wal$/gm)].map(([, path]) => path as string));
  // A ledger of a server has a record beside it that names that very process.
  const ledger_path = [...open].find((path) => readDiscovery(path)?.pid === pid);
  return { pid, program, ledger_path };
}

/** A holder in words: the folder that a ledger belongs to says more than the path of the file. */
export function holderText({ pid, program, ledger_path }: PortHolder): string {
  if (ledger_path === undefined) return `${program === "" ? "" : `${program}, `}process ${pid}`;
  const folder = dirname(ledger_path);
  const project = basename(folder) === ".codex-workers" ? dirname(folder) : ledger_path;
  return `the Conveyor server of ${project}, process ${pid}`;
}

async function lsof(...flags: string[]): Promise<string> {
  try {
    return (await exec(["lsof", ...flags], { time_limit_ms: 3000 })).stdout;
  } catch {
    return "";
  }
}
