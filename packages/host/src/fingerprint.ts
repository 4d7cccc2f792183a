import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { openRegular } from "@conveyor/files";

/** What tells the content of a file apart from all other contents. */
export interface FileFingerprint {
  sha256: string;
  bytes: number;
}

/**
 * The SHA-256 and the size of a regular file; undefined when there is none, it cannot be read, or it is longer than
 * `most_bytes`. Reads it in blocks and lets others go on meanwhile.
 */
export async function fileFingerprint(path: string, most_bytes: number): Promise<FileFingerprint | undefined> {
  try {
    const { file } = openRegular(path);
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const block of createReadStream("", { fd: file, end: most_bytes })) {
      bytes += (block as Buffer).length;
      if (bytes > most_bytes) return undefined;
      hash.update(block as Buffer);
    }
    return { sha256: hash.digest("hex"), bytes };
  } catch {
    return undefined;
  }
}
