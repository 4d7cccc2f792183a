import { accessSync, constants, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { shellQuote } from "@conveyor/contracts/shell-quote";

const NAMES: readonly string[] = ["conveyor", "workerctl"];

/** Folders that are on the PATH of a login shell whatever its profile does with the rest. */
const LOGIN_FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin"];

export interface PrefixOptions {
  /** The file that this program was started as. */
  invoked: string;
  env: Env;
  /** The Node that runs it. Default: the one of this process. */
  node?: string | undefined;
  /** For tests. */
  login_folders?: readonly string[] | undefined;
}

/**
 * How commands in output begin (spec 01 §4.8): `conveyor` where every shell means this program by it, else with the
 * folders of this program, and of its Node, put in front of PATH. Agents run commands in a login shell, whose profile sets
 * PATH anew, so what stands on our own PATH proves nothing: only the folders that every login shell has do.
 */
export function programPrefix(options: PrefixOptions): string {
  const { invoked, env, node = process.execPath, login_folders = LOGIN_FOLDERS } = options;
  const folder = dirname(invoked);
  const own = NAMES.includes(basename(invoked)) ? realPath(join(folder, "conveyor")) : undefined;
  if (own === undefined) return "conveyor";
  const here = (env["PATH"] ?? "").split(delimiter).filter((entry) => entry !== "");
  const isMeantByAll = [here, login_folders].every((folders) => firstIn(folders, "conveyor") === own);
  const needed = isMeantByAll ? [] : [folder];
  if (firstIn(login_folders, "node") !== realPath(node)) needed.push(dirname(node));
  return needed.length === 0 ? "conveyor" : `PATH=${shellQuote(needed.join(delimiter))}:$PATH conveyor`;
}

/** The file that a shell with these folders on its PATH would run, links resolved. */
function firstIn(folders: readonly string[], program: string): string | undefined {
  for (const folder of folders) {
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return realpathSync(file);
    } catch {
      // Not here: the next folder counts.
    }
  }
  return undefined;
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
