import { COLOUR_TYPES, type PngHeader } from "./png-format.ts";

/** Bits of a sample of the pixels that are compared: 16 where one of the pictures has them, else 8. */
export type SampleBits = 8 | 16;

/** Writes the pixels of one line of samples as RGBA of `bits` per sample into `pixels`. */
export type Expander = (line: Uint8Array, width: number, pixels: Uint8Array) => void;

export interface PixelSource {
  header: PngHeader;
  palette: Uint8Array | undefined;
  transparency: Uint8Array | undefined;
}

/** How lines of this picture become RGBA. Samples of 16 bits are big-endian, as PNG has them. */
export function expanderFor(source: PixelSource, bits: SampleBits): Expander {
  const { depth, colour_type } = source.header;
  const at8 = depth === 16 ? undefined : expandTo8(source);
  if (bits === 8 && at8 !== undefined) return at8;
  if (at8 !== undefined) return widened(at8);
  const at16 = from16(colour_type, source.transparency);
  return bits === 16 ? at16 : narrowed(at16);
}

/** The upper half of every sample. */
function narrowed(expand: Expander): Expander {
  let wide = new Uint8Array(0);
  return (line, width, pixels) => {
    if (wide.length < width * 8) wide = new Uint8Array(width * 8);
    expand(line, width, wide);
    for (let i = 0; i < width * 4; i += 1) pixels[i] = wide[2 * i] as number;
  };
}

/** Every sample twice: 0xAB becomes 0xABAB, so that black stays black and white white. */
function widened(expand: Expander): Expander {
  let narrow = new Uint8Array(0);
  return (line, width, pixels) => {
    if (narrow.length < width * 4) narrow = new Uint8Array(width * 4);
    expand(line, width, narrow);
    for (let i = 0; i < width * 4; i += 1) pixels[2 * i] = pixels[2 * i + 1] = narrow[i] as number;
  };
}

function expandTo8({ header: { depth, colour_type }, palette, transparency }: PixelSource): Expander {
  if (colour_type === 6) return (line, width, pixels) => pixels.set(line.subarray(0, width * 4));
  if (colour_type === 2) return fromRgb8(transparency);
  if (colour_type === 4) return fromGreyAlpha8;
  return fromTable(depth, colour_type === 3 ? paletteTable(palette, transparency) : greyTable(depth, transparency));
}

function fromRgb8(transparency: Uint8Array | undefined): Expander {
  const clear = keyOf(transparency, 3);
  return (line, width, pixels) => {
    for (let x = 0, from = 0, to = 0; x < width; x += 1, from += 3, to += 4) {
      const [red, green, blue] = [line[from] as number, line[from + 1] as number, line[from + 2] as number];
      pixels[to] = red;
      pixels[to + 1] = green;
      pixels[to + 2] = blue;
      const isClear = clear !== undefined && red === clear[0] && green === clear[1] && blue === clear[2];
      pixels[to + 3] = isClear ? 0 : 255;
    }
  };
}

const fromGreyAlpha8: Expander = (line, width, pixels) => {
  for (let x = 0; x < width; x += 1) {
    const grey = line[2 * x] as number;
    pixels[4 * x] = pixels[4 * x + 1] = pixels[4 * x + 2] = grey;
    pixels[4 * x + 3] = line[2 * x + 1] as number;
  }
};

/** Samples of 1 to 8 bits that are looked up: four bytes of the table for each value. */
function fromTable(depth: number, table: Uint8Array): Expander {
  const mask = (1 << depth) - 1;
  return (line, width, pixels) => {
    for (let x = 0; x < width; x += 1) {
      const bit = x * depth;
      const value = ((line[bit >> 3] as number) >> (8 - depth - (bit & 7))) & mask;
      for (let i = 0; i < 4; i += 1) pixels[4 * x + i] = table[4 * value + i] as number;
    }
  };
}

/** A value behind the end of the palette is transparent black, as viewers show it. */
function paletteTable(palette: Uint8Array = new Uint8Array(0), transparency: Uint8Array = new Uint8Array(0)) {
  const table = new Uint8Array(256 * 4);
  for (let value = 0; value < palette.length / 3; value += 1) {
    table.set(palette.subarray(3 * value, 3 * value + 3), 4 * value);
    table[4 * value + 3] = transparency[value] ?? 255;
  }
  return table;
}

function greyTable(depth: number, transparency: Uint8Array | undefined): Uint8Array {
  const most = (1 << depth) - 1;
  const table = new Uint8Array(256 * 4);
  const [clear] = keyOf(transparency, 1) ?? [];
  for (let value = 0; value <= most; value += 1) {
    table.fill((value * 255) / most, 4 * value, 4 * value + 3);
    table[4 * value + 3] = value === clear ? 0 : 255;
  }
  return table;
}

/** The one colour that is transparent, as numbers of 16 bits; of pictures with fewer bits the low ones count. */
function keyOf(transparency: Uint8Array | undefined, samples: number): number[] | undefined {
  if (transparency === undefined || transparency.length < samples * 2) return undefined;
  return Array.from({ length: samples }, (_, i) => {
    return ((transparency[2 * i] as number) << 8) | (transparency[2 * i + 1] as number);
  });
}

function from16(colour_type: number, transparency: Uint8Array | undefined): Expander {
  const samples = COLOUR_TYPES[colour_type]?.samples ?? 0;
  const hasAlpha = colour_type === 4 || colour_type === 6;
  const clear = hasAlpha ? undefined : keyOf(transparency, samples);
  /** Which sample each of red, green, blue and alpha is. */
  const from = samples < 3 ? [0, 0, 0, 1] : [0, 1, 2, 3];
  const valueAt = (line: Uint8Array, at: number) => ((line[at] as number) << 8) | (line[at + 1] as number);
  return (line, width, pixels) => {
    for (let x = 0; x < width; x += 1) {
      const start = x * samples * 2;
      for (let i = 0; i < 3; i += 1) {
        const at = start + (from[i] as number) * 2;
        pixels[8 * x + 2 * i] = line[at] as number;
        pixels[8 * x + 2 * i + 1] = line[at + 1] as number;
      }
      const at = start + (from[3] as number) * 2;
      const isClear = clear?.every((value, i) => valueAt(line, start + 2 * i) === value) === true;
      const alpha = hasAlpha ? valueAt(line, at) : isClear ? 0 : 0xffff;
      pixels[8 * x + 6] = alpha >> 8;
      pixels[8 * x + 7] = alpha & 0xff;
    }
  };
}
