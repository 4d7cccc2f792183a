import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";

/** Two to this power is 128 MiB: the unpacker keeps the window in memory, and Zstandard's own tools refuse larger ones. */
const LARGEST_WINDOW_LOG = 27;
const MOST_BYTES = 8 * 1024 ** 3;

export interface UnpackedRollout {
  /** The rollout as it was before it was compressed, in a folder that only we may enter. */
  path: string;
  /** Remove it again. */
  remove(): Promise<void>;
}

/**
 * Unpack a rollout that was compressed with zstd (spec 02 §4.2) into a private temporary file, piece by piece: in memory
 * are a block and the window of the compression, at most 128 MiB. Throws `rollout_compressed` when it is damaged, needs a
 * larger window or becomes larger than 8 GiB, and `rollout_unreadable` when it cannot be read or written.
 */
export async function unpackRollout(compressed_path: string): Promise<UnpackedRollout> {
  const folder = await mkdtemp(join(tmpdir(), "conveyor-rollout-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, "rollout.jsonl");
  try {
    await unpackInto(compressed_path, path);
    return { path, remove };
  } catch (error) {
    await remove();
    throw unpackError(compressed_path, error);
  }
}

async function unpackInto(from: string, to: string): Promise<void> {
  // Compressed rollouts are rare, so the unpacker is loaded only when there is one.
  const { constants, createZstdDecompress } = await import("node:zlib");
  const params = { [constants.ZSTD_d_windowLogMax]: LARGEST_WINDOW_LOG };
  const source = await open(from, "r");
  const target = await open(to, "wx", 0o600);
  try {
    const { size } = await source.stat();
    let written = 0;
    // Node's unpacker ends with its first frame, and a file may have several.
    for (let start = 0; start < size || start === 0; ) {
      const unpacker = createZstdDecompress({ params });
      const packed = source.createReadStream({ start, autoClose: false });
      packed.on("error", (error) => unpacker.destroy(error)).pipe(unpacker);
      for await (const piece of unpacker as AsyncIterable<Buffer>) {
        written += piece.length;
        if (written > MOST_BYTES) throw new Error(`it holds more than ${MOST_BYTES} bytes`);
        await target.writeFile(piece);
      }
      if (unpacker.bytesWritten === 0) throw new Error("it is empty");
      start += unpacker.bytesWritten;
    }
  } finally {
    await source.close();
    await target.close();
  }
}

function unpackError(path: string, error: unknown): ConveyorError {
  const why = error instanceof Error ? error.message : String(error);
  const is_file_problem = error instanceof Error && "syscall" in error;
  if (is_file_problem) {
    return new ConveyorError("rollout_unreadable", `the compressed rollout ${path} cannot be unpacked: ${why}`, {
      hint: "check the permissions of the file and the space in the temporary folder",
      details: { path },
      cause: error,
    });
  }
  return new ConveyorError("rollout_compressed", `the compressed rollout ${path} cannot be unpacked: ${why}`, {
    hint: `unpack it beside itself, for instance with \`zstd -d ${shellQuote(path)}\`, and try again`,
    details: { path },
    cause: error,
  });
}
