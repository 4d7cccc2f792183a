import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/**
 * The absolute path of the program that `name` starts, or null. A name with a slash is a path relative to `cwd`.
 * Relative and empty entries of `path` are passed over: they would run whatever lies in the current folder.
 */
export async function findExecutable(
  name: string,
  path: string | undefined,
  cwd: string = process.cwd(),
): Promise<string | null> {
  if (name === "") return null;
  const candidates = name.includes("/")
    ? [resolve(cwd, name)]
    : (path ?? "")
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
  for (const candidate of candidates) {
    if (await isExecutableFile(candidate)) return candidate;
  }
  return null;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
