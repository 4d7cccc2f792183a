import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";

const MIB = 1024 * 1024;
const BLOCK_BYTES = MIB / 4;
/** The unpacker keeps the whole window in memory. Zstandard's own tools refuse larger ones too unless told otherwise. */
const LARGEST_WINDOW_BYTES = 128 * MIB;
const MOST_BYTES = 8 * 1024 * MIB;

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
  const { Decompress } = await import("fzstd");
  const source = await open(from, "r");
  const target = await open(to, "wx", 0o600);
  try {
    let pieces: Uint8Array[] = [];
    const unpacker = new Decompress((piece) => void pieces.push(piece.slice()));
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let written = 0;
    for (let position = 0, is_last = false; !is_last; ) {
      const { bytesRead } = await source.read(block, 0, block.length, position);
      is_last = bytesRead === 0;
      if (position === 0) assertWindow(block.subarray(0, bytesRead));
      // It keeps what it cannot use yet, and the block is filled again.
      unpacker.push(Uint8Array.from(block.subarray(0, bytesRead)), is_last);
      position += bytesRead;
      for (const piece of pieces) {
        written += piece.length;
        if (written > MOST_BYTES) throw new Error(`it holds more than ${MOST_BYTES} bytes`);
        await target.writeFile(piece);
      }
      pieces = [];
    }
  } finally {
    await source.close();
    await target.close();
  }
}

/** Read the window's size from the frame header (RFC 8878, section 3.1.1.1) before memory is taken for it. */
function assertWindow(head: Buffer): void {
  const is_frame = head.length >= 6 && head.readUInt32LE(0) === 0xfd2fb528;
  if (!is_frame) return;
  const flags = head[4] ?? 0;
  const descriptor = head[5] ?? 0;
  const is_single_segment = (flags & 0x20) !== 0;
  const base = 2 ** (10 + (descriptor >> 3));
  const window = is_single_segment ? contentSize(head, flags) : base + (base / 8) * (descriptor & 7);
  if (window > LARGEST_WINDOW_BYTES) throw new Error(`it needs a window of ${window} bytes`);
}

/** Of a frame in one segment the window is all of its content; such a header has no window descriptor. */
function contentSize(head: Buffer, flags: number): number {
  const at = 5 + ([0, 1, 2, 4][flags & 3] ?? 0);
  const size_bytes = [1, 2, 4, 8][flags >> 6] ?? 8;
  if (head.length < at + size_bytes) return 0;
  if (size_bytes === 8) return Number(head.readBigUInt64LE(at));
  return head.readUIntLE(at, size_bytes);
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
    hint: `unpack it beside itself, for instance with \`zstd -d '${path}'\`, and try again`,
    details: { path },
    cause: error,
  });
}
