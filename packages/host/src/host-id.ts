import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { lstatSync, rmSync, statSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { createPrivately, isOwnAlone, linkOnce, makeFolder, readWhole, replaceFile } from "@conveyor/files";

/** Where systems keep a text that no two machines share; the first that holds one counts. */
const MACHINE_ID_FILES = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const MOST_BYTES = 64 * 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How long another process may take to make the id before it counts as gone, in milliseconds. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 5;

/** What distinguishes this account on this machine from all others (spec 11, "Host"). */
export interface HostIdentity {
  host_id: string;
  /** Where the id is kept; null when it could not be kept and follows from the machine and the user alone. */
  file: string | null;
  /** Why it could not be kept, in a few words; null when it could. */
  problem: string | null;
}

export interface HostIdOptions {
  env: Env;
  /** What tells this machine apart; default: what the system says. */
  machine?: string | undefined;
}

/**
 * The id of this host: made once per account and machine and kept outside every ledger, in
 * `$XDG_STATE_HOME/conveyor/host.json` (default `~/.local/state`), which only its owner can read. The file holds an id per
 * machine, so that a home folder that was copied, or is shared by machines, gives each its own. What is empty, cut, a link
 * or anybody else's is not believed and replaced. Never throws: where nothing can be kept, the id follows from the machine
 * and the user, so that it is the same the next time.
 */
export function readHostIdentity(options: HostIdOptions): HostIdentity {
  const key = digest(options.machine ?? machineText(), String(process.getuid?.() ?? ""));
  try {
    const folder = stateFolder(options.env);
    const file = join(folder, "host.json");
    return { host_id: keptId(folder, file, key), file, problem: null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { host_id: derivedId(key), file: null, problem: code ?? message };
  }
}

/** The folder for what this account keeps on this machine beside all ledgers. Throws where there is no home. */
export function stateFolder(env: Env): string {
  const named = env["XDG_STATE_HOME"];
  // The base directory specification has relative names ignored.
  const base = named !== undefined && isAbsolute(named) ? named : join(env["HOME"] || homedir(), ".local", "state");
  return join(base, "conveyor");
}

function keptId(folder: string, file: string, key: string): string {
  makeFolder(folder);
  if (!isOwnAlone(statSync(folder))) throw new Error(`${folder} can be written by others`);
  const known = idsIn(file)[key];
  return known ?? whileNobodyElse(`${file}.lock`, () => makeId(file, key));
}

/** Made under the lock: another process may have been faster, and then its id counts. */
function makeId(file: string, key: string): string {
  const ids = idsIn(file);
  const known = ids[key];
  if (known !== undefined) return known;
  const host_id = randomUUID();
  replaceFile(file, `${JSON.stringify({ version: 1, host_ids: { ...ids, [key]: host_id } }, null, 2)}\n`);
  return host_id;
}

function idsIn(file: string): Record<string, string> {
  const read = readWhole(file, { most_bytes: MOST_BYTES, links: "refuse" });
  // A file that is there and may not be read is not replaced: that would make a second id of one host.
  if (!read.ok && (read.code === "EACCES" || read.code === "EPERM"))
    throw Object.assign(new Error(), { code: read.code });
  if (!read.ok || !isOwnAlone(read.stats)) return {};
  try {
    const { host_ids } = JSON.parse(read.text) as { host_ids?: unknown };
    const entries = Object.entries(typeof host_ids === "object" && host_ids !== null ? host_ids : {});
    return Object.fromEntries(entries.filter(([, id]) => typeof id === "string" && UUID.test(id)));
  } catch {
    return {};
  }
}

/** Run `work` while no other process does. A lock that is older than the patience was left by a process that is gone. */
function whileNobodyElse<T>(lock: string, work: () => T): T {
  const own = `${lock}.${randomUUID()}`;
  createPrivately(own, "");
  try {
    while (!linkOnce(own, lock)) {
      const left = lstatSync(lock, { throwIfNoEntry: false });
      if (left !== undefined && Date.now() - left.mtimeMs > PATIENCE_MS) rmSync(lock, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    }
    try {
      return work();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** What the system says by which machines differ; containers without such a text differ by name. */
function machineText(): string {
  for (const path of MACHINE_ID_FILES) {
    const read = readWhole(path, { most_bytes: 1024 });
    if (read.ok && read.text.trim() !== "") return `machine-id ${read.text.trim()}`;
  }
  return process.platform === "darwin" ? `hardware ${hardwareId() ?? hostname()}` : `name ${hostname()}`;
}

function hardwareId(): string | undefined {
  try {
    const argv = ["-rd1", "-c", "IOPlatformExpertDevice"];
    const told = execFileSync("/usr/sbin/ioreg", argv, {
      encoding: "utf8",
      timeout: 2_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /"IOPlatformUUID" = "([^"]+)"/.exec(told)?.[1];
  } catch {
    return undefined;
  }
}

function digest(...parts: string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}

/** In the form of the others, so that nothing else has to tell them apart. */
function derivedId(key: string): string {
  const hex = digest("host id", key);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
