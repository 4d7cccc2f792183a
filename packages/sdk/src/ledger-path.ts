import { statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { realPath } from "@conveyor/files";

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

/** `~` and `~/…` as the home folder; everything else unchanged (spec 01 §4.2). Throws `invalid_input` where there is no home. */
export function expandHome(path: string, env: Env = process.env): string {
  if (path === "~") return homeFolder(env);
  return path.startsWith("~/") ? join(homeFolder(env), path.slice(2)) : path;
}

function homeFolder(env: Env): string {
  try {
    return env["HOME"] || homedir();
  } catch (cause) {
    throw new ConveyorError("invalid_input", "this user has no home folder", {
      hint: "set HOME, or CODEX_HOME",
      cause,
    });
  }
}

/** The caller's Codex home: CODEX_HOME, else `~/.codex`; absolute and real, because it is stored and compared. */
export function codexHome(env: Env = process.env, cwd?: string): string {
  return realPath(expandHome(env["CODEX_HOME"] || join("~", ".codex"), env), startingFolder(cwd));
}

/** The folder that relative names start from. Throws `invalid_input` when the current one is needed and was removed. */
function startingFolder(cwd: string | undefined): string {
  if (cwd !== undefined && isAbsolute(cwd)) return realPath(cwd);
  try {
    return realPath(cwd ?? ".", process.cwd());
  } catch (cause) {
    throw new ConveyorError("invalid_input", "the current folder does not exist any more", {
      hint: "change to a folder that exists, for instance: cd",
      cause,
    });
  }
}

/**
 * Where the ledger is: the named file, else the state root of CONVEYOR_STATE_ROOT or WORKERCTL_STATE_ROOT, else the
 * `.codex-workers` of the nearest enclosing folder that has one, else the one of the current folder. Creates nothing
 * and does not ask whether the file exists (spec 00, The ledger). Links are resolved, so that a ledger has one name by
 * whatever way it is reached.
 */
export function resolveLedger(options: LedgerPathOptions = {}): LedgerLocation {
  const env = options.env ?? process.env;
  const cwd = startingFolder(options.cwd);
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
