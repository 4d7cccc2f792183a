import { statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Io } from "../../io.ts";

/** Where the configuration files are, whether they exist or not. */
export interface Places {
  user: string;
  /** At the root of the repository that the caller is in, else in the caller's own folder. */
  project: string;
  /** Which project files somebody trusted. */
  trusted: string;
}

/** The files of this caller (spec 10.4). Reads nothing; throws `invalid_input` where there is no home or folder. */
export function configPlaces(io: Pick<Io, "env" | "cwd" | "home">): Places {
  const named = io.env["XDG_CONFIG_HOME"] ?? "";
  const folder = join(isAbsolute(named) ? named : join(io.home, ".config"), "conveyor");
  return {
    user: join(folder, "config.toml"),
    project: join(projectRoot(io.cwd), "conveyor.toml"),
    trusted: join(folder, "trusted.json"),
  };
}

/** Only a repository has a root: outside of one, a file of some folder above is nobody's project. */
function projectRoot(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (exists(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

/** Whether something is there. Never throws. */
export function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Whether any of the two files is there: if none is, nothing else of the configuration is loaded. */
export function isConfigured({ user, project }: Places): boolean {
  return exists(user) || exists(project);
}
