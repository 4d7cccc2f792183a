import { createHash } from "node:crypto";
import { close, read, type Stats } from "node:fs";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { openRegular } from "@conveyor/files";
import { type PictureName, type PictureProblem, pictureError } from "./picture-error.ts";
import { COLOUR_TYPES, PNG_SIGNATURE, type PngHeader } from "./png-format.ts";

/** Pixels of the largest picture that is taken: 8,000 x 8,000. */
export const MOST_PIXELS = 64_000_000;
/** Of an interlaced one, which has to be held as a whole. */
export const MOST_PIXELS_HELD = 16_000_000;
const MOST_FILE_BYTES = 512 * 1024 * 1024;
const BLOCK_BYTES = 1024 * 1024;
/** A chunk that is kept: the header, a palette, transparency. */
const MOST_KEPT_BYTES = 1024;

const readAt = promisify(read);
const closing = promisify(close);

interface ChunkHead {
  type: string;
  length: number;
}

/**
 * An open PNG file, read once from its beginning to its end: what stands before the pixels when it is opened, then the
 * packed pixels block by block. Every checksum is verified, and nothing is held but one block.
 */
export class PngFile {
  readonly header: PngHeader;
  /** The colours of a palette, three bytes each. */
  readonly palette: Buffer | undefined;
  /** What a `tRNS` chunk says: alpha of the palette, or the one colour that is transparent. */
  readonly transparency: Buffer | undefined;
  readonly bytes: number;
  readonly #source: Source;
  #left: number;
  #crc: number;
  #ended = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(source: Source, before: BeforePixels, bytes: number) {
    this.#source = source;
    this.header = before.header;
    this.palette = before.palette;
    this.transparency = before.transparency;
    this.bytes = bytes;
    this.#left = before.first.length;
    this.#crc = crc32("IDAT");
  }

  /**
   * Open a picture and read what stands before its pixels. The caller closes it. Throws `invalid_input` that names the picture
   * and what is wrong with it: unreadable, no PNG, animated, of a kind or size that is not taken, or damaged.
   */
  static async open(name: PictureName): Promise<PngFile> {
    const { file, stats } = openPicture(name);
    const source = new Source(file, name);
    try {
      if (stats.size > MOST_FILE_BYTES) throw source.problem("too_large", "is a file of more than 512 MiB");
      return new PngFile(source, await readBeforePixels(source), stats.size);
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  problem(reason: PictureProblem, cause: string): Error {
    return this.#source.problem(reason, cause);
  }

  /** The next packed pixels; undefined behind the last ones, when the file has been read to its end. Throws as `open` does. */
  nextBlock(): Promise<Buffer | undefined> {
    // Whoever unpacks reads ahead: one at a time, so that no two move the place in the file.
    const block = this.#turn.then(() => this.#readBlock());
    this.#turn = block.catch(() => {});
    return block;
  }

  async #readBlock(): Promise<Buffer | undefined> {
    while (!this.#ended) {
      if (this.#left > 0) {
        const block = await this.#source.take(Math.min(this.#left, BLOCK_BYTES), "chunk IDAT");
        this.#left -= block.length;
        this.#crc = crc32(block, this.#crc);
        return block;
      }
      await this.#source.checkCrc("IDAT", this.#crc);
      const next = await this.#source.chunkHead();
      if (next.type === "IDAT") {
        this.#left = next.length;
        this.#crc = crc32("IDAT");
      } else {
        await this.#readToEnd(next);
        this.#ended = true;
      }
    }
    return undefined;
  }

  async #readToEnd(first: ChunkHead): Promise<void> {
    let head = first;
    for (;;) {
      if (head.type === "IDAT") throw this.problem("damaged", "has pixels in two places (IDAT behind another chunk)");
      await this.#source.skipChunk(head);
      if (head.type === "IEND") return this.#source.finish();
      head = await this.#source.chunkHead();
    }
  }

  /** Hash of the whole file, once it has been read to its end. */
  get sha256(): string {
    return this.#source.sha256();
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}

interface BeforePixels {
  header: PngHeader;
  palette: Buffer | undefined;
  transparency: Buffer | undefined;
  first: ChunkHead;
}

/** The chunks up to the first one with pixels. */
async function readBeforePixels(source: Source): Promise<BeforePixels> {
  const signature = await source.take(PNG_SIGNATURE.length).catch(() => undefined);
  if (signature === undefined || !signature.equals(PNG_SIGNATURE)) throw source.problem("not_a_png", "is not a PNG");
  const first = await source.chunkHead();
  if (first.type !== "IHDR") throw source.problem("damaged", `begins with the chunk ${first.type} instead of IHDR`);
  if (first.length !== 13) throw source.problem("damaged", `has an IHDR of ${first.length} bytes instead of 13`);
  const header = headerOf(await source.keepChunk(first), source);
  let palette: Buffer | undefined;
  let transparency: Buffer | undefined;
  for (;;) {
    const head = await source.chunkHead();
    if (head.type === "IDAT") {
      if (header.colour_type === 3 && palette === undefined) {
        throw source.problem("damaged", "has a palette picture without its palette (PLTE)");
      }
      return { header, palette, transparency, first: head };
    }
    if (head.type === "acTL") throw source.problem("unsupported", "is animated (APNG); a still picture is needed");
    if (head.type === "IHDR") throw source.problem("damaged", "has two headers (IHDR)");
    if (head.type === "IEND") throw source.problem("damaged", "has no pixels (IDAT)");
    if (head.type === "PLTE") palette = paletteOf(await source.keepChunk(head), source);
    else if (head.type === "tRNS") transparency = await source.keepChunk(head);
    else await source.skipChunk(head);
  }
}

function paletteOf(bytes: Buffer, source: Source): Buffer {
  if (bytes.length % 3 === 0 && bytes.length > 0 && bytes.length <= 768) return bytes;
  throw source.problem("damaged", `has a palette (PLTE) of ${bytes.length} bytes`);
}

function headerOf(bytes: Buffer, source: Source): PngHeader {
  const [width, height] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
  const [depth = 0, colour_type = 0, compression, filter, interlace = 0] = bytes.subarray(8);
  if (width === 0 || height === 0) throw source.problem("damaged", `has a side of no length (${width}x${height})`);
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw source.problem("unsupported", "is packed in a way that PNG does not know");
  }
  const kind = COLOUR_TYPES[colour_type];
  if (kind === undefined || !kind.depths.includes(depth)) {
    throw source.problem("unsupported", `has colour type ${colour_type} with ${depth} bits, which PNG does not know`);
  }
  const pixels = width * height;
  if (pixels > MOST_PIXELS) {
    throw source.problem(
      "too_large",
      `has ${width}x${height} pixels; at most ${MOST_PIXELS / 1e6} million are compared`,
    );
  }
  if (interlace === 1 && pixels > MOST_PIXELS_HELD) {
    throw source.problem("too_large", `is interlaced and has more than ${MOST_PIXELS_HELD / 1e6} million pixels`);
  }
  return { width, height, depth, colour_type, interlaced: interlace === 1 };
}

/** Open the file of a picture, and no pipe, folder or device. Throws `invalid_input`. */
export function openPicture(name: PictureName): { file: number; stats: Stats } {
  try {
    return openRegular(name.path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw pictureError(name, "unreadable", `cannot be read: ${code === "NOT_A_FILE" ? "it is not a file" : message}`);
  }
}

/** The bytes of the file in their order, hashed as they come. */
class Source {
  readonly #file: number;
  readonly #name: PictureName;
  readonly #hash = createHash("sha256");
  #digest: string | undefined;
  #at = 0;

  constructor(file: number, name: PictureName) {
    this.#file = file;
    this.#name = name;
  }

  problem(reason: PictureProblem, cause: string): Error {
    return pictureError(this.#name, reason, cause);
  }

  /** Exactly this many bytes. Throws `invalid_input` when the file ends before, naming what was cut off. */
  async take(length: number, what = "beginning"): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await readAt(this.#file, bytes, filled, length - filled, this.#at + filled);
      if (bytesRead === 0) throw this.problem("damaged", `ends in the middle of its ${what}`);
      filled += bytesRead;
    }
    this.#at += length;
    this.#hash.update(bytes);
    return bytes;
  }

  async chunkHead(): Promise<ChunkHead> {
    const bytes = await this.take(8, "next chunk's header");
    const type = bytes.toString("latin1", 4);
    if (!/^[A-Za-z]{4}$/.test(type)) throw this.problem("damaged", "has a chunk whose name is none");
    return { type, length: bytes.readUInt32BE(0) };
  }

  /** A chunk whose content is needed; it is small. */
  async keepChunk({ type, length }: ChunkHead): Promise<Buffer> {
    if (length > MOST_KEPT_BYTES) throw this.problem("damaged", `has a chunk ${type} of ${length} bytes`);
    const bytes = await this.take(length, `chunk ${type}`);
    await this.checkCrc(type, crc32(bytes, crc32(type)));
    return bytes;
  }

  /** A chunk whose content says nothing about the pixels. */
  async skipChunk({ type, length }: ChunkHead): Promise<void> {
    let crc = crc32(type);
    for (let left = length; left > 0; ) {
      const block = await this.take(Math.min(left, BLOCK_BYTES), `chunk ${type}`);
      crc = crc32(block, crc);
      left -= block.length;
    }
    await this.checkCrc(type, crc);
  }

  async checkCrc(type: string, crc: number): Promise<void> {
    const stored = (await this.take(4, `chunk ${type}`)).readUInt32BE(0);
    if (stored !== crc) throw this.problem("damaged", `has a chunk ${type} whose checksum is wrong`);
  }

  /** What stands behind the end of the picture belongs to the file, and so to its hash. */
  async finish(): Promise<void> {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    for (let left = MOST_FILE_BYTES - this.#at; left > 0; ) {
      const { bytesRead } = await readAt(this.#file, block, 0, block.length, this.#at);
      if (bytesRead === 0) break;
      this.#hash.update(block.subarray(0, bytesRead));
      this.#at += bytesRead;
      left -= bytesRead;
    }
    this.#digest = this.#hash.digest("hex");
  }

  sha256(): string {
    if (this.#digest === undefined) throw new Error("the file was not read to its end");
    return this.#digest;
  }

  async close(): Promise<void> {
    await closing(this.#file);
  }
}
