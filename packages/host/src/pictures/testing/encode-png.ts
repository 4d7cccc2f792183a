import { crc32, deflateSync } from "node:zlib";
import { COLOUR_TYPES, lineBytes, type PngHeader, passesOf, pixelBytes } from "../png-format.ts";

/** A PNG to be made for a test, sample by sample. */
export interface PngToEncode extends PngHeader {
  /** The value of a sample, below 2 to the power of `depth`. */
  sample: (x: number, y: number, index: number) => number;
  /** Which filter each line of a pass gets. Default: all five in turn. */
  filter?: (line: number) => number;
  /** Further chunks between header and pixels. */
  chunks?: readonly (readonly [type: string, data: Uint8Array])[];
}

/** A chunk with its length and checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, crc]);
}

/** The chunk that describes a picture. */
export function pngHeaderChunk({ width, height, depth, colour_type, interlaced }: PngHeader): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour_type, 0, 0, interlaced ? 1 : 0], 8);
  return pngChunk("IHDR", data);
}

export const SIGNATURE_OF_PNG = Buffer.from("89504e470d0a1a0a", "hex");

/** A whole PNG, its pixels in several chunks. Written apart from what reads it, and looked at by another reader too. */
export function encodePng(picture: PngToEncode): Buffer {
  const packed = deflateSync(rawLines(picture));
  const half = packed.length >> 1;
  return Buffer.concat([
    SIGNATURE_OF_PNG,
    pngHeaderChunk(picture),
    ...(picture.chunks ?? []).map(([type, data]) => pngChunk(type, data)),
    ...[packed.subarray(0, half), Buffer.alloc(0), packed.subarray(half)].map((part) => pngChunk("IDAT", part)),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The filtered lines of all passes, one after the other. */
export function rawLines(picture: PngToEncode): Buffer {
  const { depth, sample, filter = (line) => line % 5 } = picture;
  const samples = COLOUR_TYPES[picture.colour_type]?.samples ?? 0;
  const lines: Buffer[] = [];
  for (const pass of passesOf(picture)) {
    let above = Buffer.alloc(lineBytes(pass.width, picture));
    for (let at = 0; at < pass.height; at += 1) {
      const line = Buffer.alloc(above.length);
      for (let i = 0; i < pass.width; i += 1) {
        for (let index = 0; index < samples; index += 1) {
          const value = sample(pass.x + i * pass.dx, pass.y + at * pass.dy, index);
          const place = i * samples + index;
          if (depth === 16) line.writeUInt16BE(value, place * 2);
          else {
            const bit = place * depth;
            line[bit >> 3] = (line[bit >> 3] as number) | (value << (8 - depth - (bit & 7)));
          }
        }
      }
      lines.push(filtered(filter(at), line, above, pixelBytes(picture)));
      above = line;
    }
  }
  return Buffer.concat(lines);
}

function filtered(filter: number, line: Buffer, above: Buffer, step: number): Buffer {
  const out = Buffer.alloc(line.length + 1);
  out[0] = filter;
  for (let i = 0; i < line.length; i += 1) {
    const left = i < step ? 0 : (line[i - step] as number);
    const up = above[i] as number;
    const corner = i < step ? 0 : (above[i - step] as number);
    const guess = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, corner)][filter] ?? 0;
    out[i + 1] = ((line[i] as number) - guess) & 0xff;
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const distances = [left, up, corner].map((value) => Math.abs(estimate - value));
  return [left, up, corner][distances.indexOf(Math.min(...distances))] as number;
}
