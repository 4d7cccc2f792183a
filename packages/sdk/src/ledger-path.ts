import { statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { realPath } from "@conveyor/files";

/** Environment variables as the caller has them; passed in so that nothing here depends on the process. */
export type Env = Readonly<Record<string, string | undefined>>;

const STATE_FOLDER = ".codex-workers";
const LEDGER_FILE = "workerctl.db";

export interface LedgerLocation {
  /** Absolute path of the folder with the ledger, the server's discovery file and the artifacts. */
  state_root: string;
  /** Absolute path of the database file. */
  ledger_path: string;
}

export interface LedgerPathOptions {
  /** The ledger file named by the caller (`--path`). */
  path?: string | undefined;
  /** Folder that relative paths and the search start from. Default: the current one. */
  cwd?: string | undefined;
  env?: Env | undefined;
}

/** `~` and `~/…` as the home folder; everything else unchanged (spec 01 §4.2). */
export function expandHome(path: string, env: Env = process.env): string {
  const home = env["HOME"] || homedir();
  if (path === "~") return home;
  return path.startsWith("~/") ? join(home, path.slice(2)) : path;
}

/**
 * Where the ledger is: the named file, else the state root of CONVEYOR_STATE_ROOT or WORKERCTL_STATE_ROOT, else the
 * `.codex-workers` of the nearest enclosing folder that has one, else the one of the current folder. Creates nothing
 * and does not ask whether the file exists (spec 00, The ledger). Links are resolved, so that a ledger has one name by
 * whatever way it is reached.
 */
export function resolveLedger(options: LedgerPathOptions = {}): LedgerLocation {
  const env = options.env ?? process.env;
  const cwd = realPath(options.cwd ?? process.cwd(), process.cwd());
  const real = (path: string) => realPath(expandHome(path, env), cwd);
  if (options.path !== undefined && options.path !== "") {
    const named = expandHome(options.path, env);
    // Only the folder is made real: a link in the place of the ledger itself is for the check of who owns it to judge.
    const state_root = real(dirname(named));
    return { state_root, ledger_path: join(state_root, basename(named)) };
  }
  const named = env["CONVEYOR_STATE_ROOT"] || env["WORKERCTL_STATE_ROOT"];
  const state_root = named ? real(named) : realPath(enclosingStateRoot(cwd));
  return { state_root, ledger_path: join(state_root, LEDGER_FILE) };
}

function enclosingStateRoot(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const candidate = join(folder, STATE_FOLDER);
    if (statSync(candidate, { throwIfNoEntry: false })?.isDirectory()) return candidate;
    if (dirname(folder) === folder) return join(cwd, STATE_FOLDER);
  }
}
