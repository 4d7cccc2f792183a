import { randomUUID } from "node:crypto";
import { closeSync, createWriteStream, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { syncFolder } from "@conveyor/store";

/** How hard files are squeezed: JSON lines lose nine tenths of their size already here, in a third of the time. */
const LEVEL = 2;

/**
 * Put the files of a folder into an archive, in this order, through a stream. It is whole when this resolves, and under
 * its name when the returned function was called; without that, `rmSync` the path that it bears until then. Throws the
 * error of the system, and `AbortError`, and then leaves nothing.
 */
export async function writeArchive(
  archive: string,
  { folder, names, made_at, signal }: { folder: string; names: readonly string[]; made_at: Date; signal: AbortSignal },
): Promise<{ draft: string; place: () => void }> {
  const { ZipFile } = await import("yazl");
  const draft = join(dirname(archive), `.${basename(archive)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
  try {
    const zip = new ZipFile();
    const failed = new Promise<never>((_, reject) => zip.once("error", reject));
    for (const name of names) {
      zip.addFile(join(folder, name), name, { mtime: made_at, mode: 0o100600, compressionLevel: LEVEL });
    }
    zip.end();
    const written = pipeline(zip.outputStream, createWriteStream(draft, { flags: "wx", mode: 0o600 }), { signal });
    await Promise.race([written, failed]);
    const file = openSync(draft, "r+");
    fsyncSync(file);
    closeSync(file);
    const place = () => {
      renameSync(draft, archive);
      syncFolder(dirname(archive));
    };
    return { draft, place };
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
