import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/**
 * A path as it is stored and compared: absolute against `cwd`, without links, `..` or a trailing slash. Of what does not
 * exist yet the enclosing folder that exists is made real, so that a path means the same before and after it is made.
 */
export function realPath(path: string, cwd: string = "/"): string {
  const absolute = resolve(cwd, path);
  const missing: string[] = [];
  for (let at = absolute; ; at = dirname(at)) {
    try {
      return join(realpathSync.native(at), ...missing);
    } catch {
      if (dirname(at) === at) return absolute;
      missing.unshift(basename(at));
    }
  }
}
