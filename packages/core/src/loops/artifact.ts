import { isAbsolute, resolve } from "node:path";
import { fileFingerprint } from "@conveyor/host";

/** A file that evidence names, as it was when the receipt was recorded. */
export interface Artifact {
  absolute_path: string;
  sha256: string;
  bytes: number;
}

/** Longer files are named and not read. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** The file at a path, relative ones from `folder`; undefined when there is none that can be read. */
export async function artifactAt(path: string, folder: string | undefined): Promise<Artifact | undefined> {
  if (!isAbsolute(path) && folder === undefined) return undefined;
  const absolute_path = resolve(folder ?? "/", path);
  const found = await fileFingerprint(absolute_path, MOST_BYTES);
  return found && { absolute_path, ...found };
}
