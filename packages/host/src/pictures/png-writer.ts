import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { crc32, createDeflate, type Deflate, constants as zlib } from "node:zlib";
import { PNG_SIGNATURE } from "./png-format.ts";

/**
 * Writes a PNG of 8-bit RGBA line by line, below a name of its own, and puts it in its place when it is whole. What stood
 * there is replaced, a link never followed.
 */
export class PngWriter {
  readonly #path: string;
  readonly #draft: string;
  readonly #file: WriteStream;
  readonly #deflate: Deflate;
  readonly #packing: Promise<void>;
  readonly #line: Buffer;

  constructor(path: string, width: number, height: number) {
    this.#path = path;
    this.#draft = `${path}.${process.pid}.part`;
    this.#file = createWriteStream(this.#draft, { flags: "wx", mode: 0o600 });
    // An error surfaces at the write or the end that meets it.
    this.#file.on("error", () => {});
    this.#line = Buffer.alloc(1 + width * 4);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 6, 0, 0, 0], 8);
    this.#file.write(PNG_SIGNATURE);
    this.#file.write(chunk("IHDR", header));
    this.#deflate = createDeflate({ level: zlib.Z_BEST_SPEED });
    this.#packing = this.#pack();
    this.#packing.catch(() => {});
  }

  /** Append a line of pixels. Throws the error of the system. */
  async row(pixels: Uint8Array): Promise<void> {
    this.#line.set(pixels, 1);
    if (this.#deflate.write(Buffer.from(this.#line))) return;
    await Promise.race([once(this.#deflate, "drain"), this.#packing]);
  }

  /** Put the finished file in its place. Throws the error of the system. */
  async finish(): Promise<void> {
    this.#deflate.end();
    await this.#packing;
    this.#file.end(chunk("IEND", Buffer.alloc(0)));
    await finished(this.#file);
    await rename(this.#draft, this.#path);
  }

  /** Leave nothing behind, after an error. */
  async abandon(): Promise<void> {
    this.#deflate.destroy();
    this.#file.destroy();
    await this.#packing.catch(() => {});
    await rm(this.#draft, { force: true });
  }

  async #pack(): Promise<void> {
    for await (const packed of this.#deflate) {
      if (this.#file.errored) throw this.#file.errored;
      if (!this.#file.write(chunk("IDAT", packed as Buffer))) await once(this.#file, "drain");
    }
    if (this.#file.errored) throw this.#file.errored;
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, "latin1");
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}
