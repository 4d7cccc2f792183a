import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflate } from "node:zlib";
import { expanderFor, type SampleBits } from "./expand.ts";
import type { PngFile } from "./png-file.ts";
import { lineBytes, type Pass, passesOf, pixelBytes } from "./png-format.ts";
import { unfilter } from "./unfilter.ts";

const INFLATED_BYTES = 256 * 1024;

/**
 * The pixels of a picture, line by line from the top, as RGBA of `bits` per sample. A line is valid until the next one is
 * asked for. The file is read to its end by then. Throws `invalid_input` for a picture that is damaged.
 */
export async function* pixelRows(png: PngFile, bits: SampleBits): AsyncGenerator<Uint8Array> {
  const { width, height, interlaced } = png.header;
  const bytes = bits / 2;
  const expand = expanderFor(png, bits);
  if (!interlaced) {
    const row = new Uint8Array(width * bytes);
    for await (const { line } of samples(png)) {
      expand(line, width, row);
      yield row;
    }
    return;
  }
  const picture = new Uint8Array(width * height * bytes);
  const part = new Uint8Array(width * bytes);
  for await (const { line, pass, at } of samples(png)) {
    expand(line, pass.width, part);
    const start = (pass.y + at * pass.dy) * width + pass.x;
    for (let i = 0; i < pass.width; i += 1) {
      const to = (start + i * pass.dx) * bytes;
      for (let byte = 0; byte < bytes; byte += 1) picture[to + byte] = part[i * bytes + byte] as number;
    }
  }
  for (let y = 0; y < height; y += 1) yield picture.subarray(y * width * bytes, (y + 1) * width * bytes);
}

interface Line {
  /** The samples as they were before they were filtered. */
  line: Uint8Array;
  pass: Pass;
  /** Which line of the pass, from 0. */
  at: number;
}

/** The lines of samples in the order in which the file has them. */
async function* samples(png: PngFile): AsyncGenerator<Line> {
  const inflated = new Inflated(png);
  try {
    const step = pixelBytes(png.header);
    for (const pass of passesOf(png.header)) {
      const length = lineBytes(pass.width, png.header);
      let filtered = new Uint8Array(length + 1);
      let finished = new Uint8Array(length + 1);
      for (let at = 0; at < pass.height; at += 1) {
        await inflated.fill(filtered);
        const filter = filtered[0] as number;
        const line = filtered.subarray(1);
        if (!unfilter(filter, line, finished.subarray(1), step)) {
          throw png.problem("damaged", `has a line with the unknown filter ${filter}`);
        }
        yield { line, pass, at };
        [filtered, finished] = [finished, filtered];
      }
    }
    await inflated.finish();
  } finally {
    inflated.stop();
  }
}

/** The unpacked bytes of a picture, taken in pieces of any length. */
class Inflated {
  readonly #png: PngFile;
  readonly #stream = createInflate({ chunkSize: INFLATED_BYTES });
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Uint8Array = new Uint8Array(0);
  #failure: unknown;

  constructor(png: PngFile) {
    this.#png = png;
    const packed = Readable.from(blocksOf(png), { objectMode: false, highWaterMark: 1 });
    pipeline(packed, this.#stream).catch((error: unknown) => {
      this.#failure = error;
    });
    this.#chunks = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Fill the whole of `target`. Throws `invalid_input` when there are not as many bytes, or none that can be unpacked. */
  async fill(target: Uint8Array): Promise<void> {
    for (let filled = 0; filled < target.length; ) {
      if (this.#chunk.length === 0 && !(await this.#next())) {
        throw this.#png.problem("damaged", "has fewer pixels than its header says (wrong scanline length)");
      }
      const part = this.#chunk.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
  }

  /** See that nothing is left, and read the file to its end. */
  async finish(): Promise<void> {
    if (this.#chunk.length > 0 || (await this.#next())) {
      throw this.#png.problem("damaged", "has more pixels than its header says (wrong scanline length)");
    }
    while ((await this.#png.nextBlock()) !== undefined);
  }

  stop(): void {
    this.#stream.destroy();
  }

  async #next(): Promise<boolean> {
    try {
      const { value, done } = await this.#chunks.next();
      this.#chunk = done ? new Uint8Array(0) : value;
      return !done;
    } catch (error) {
      const cause = this.#failure ?? error;
      const code = (cause as NodeJS.ErrnoException).code ?? "";
      if (!code.startsWith("Z_") && code !== "ERR_STREAM_PREMATURE_CLOSE") throw cause;
      throw this.#png.problem("damaged", `has pixels that cannot be unpacked (${(cause as Error).message})`);
    }
  }
}

async function* blocksOf(png: PngFile): AsyncGenerator<Buffer> {
  for (let block = await png.nextBlock(); block !== undefined; block = await png.nextBlock()) yield block;
}
