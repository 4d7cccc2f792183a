/** The eight bytes that every PNG begins with. */
export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Colour types: what the samples of a pixel are, and with how many bits each may come. */
export const COLOUR_TYPES: Readonly<Record<number, { name: string; samples: number; depths: readonly number[] }>> = {
  0: { name: "grey", samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { name: "RGB", samples: 3, depths: [8, 16] },
  3: { name: "palette", samples: 1, depths: [1, 2, 4, 8] },
  4: { name: "grey with alpha", samples: 2, depths: [8, 16] },
  6: { name: "RGBA", samples: 4, depths: [8, 16] },
};

/** What the first chunk of a PNG says. */
export interface PngHeader {
  width: number;
  height: number;
  /** Bits per sample. */
  depth: number;
  colour_type: number;
  interlaced: boolean;
}

/** Bytes of one line of samples, without the byte that names its filter. */
export function lineBytes(width: number, { depth, colour_type }: PngHeader): number {
  const samples = COLOUR_TYPES[colour_type]?.samples ?? 0;
  return Math.ceil((width * samples * depth) / 8);
}

/** Bytes between a sample and the one of the pixel to its left; at least one. */
export function pixelBytes({ depth, colour_type }: PngHeader): number {
  return Math.max(1, ((COLOUR_TYPES[colour_type]?.samples ?? 0) * depth) / 8);
}

/** The parts that an interlaced picture is sent in: where the first pixel of each stands, and the steps to the next. */
const PASSES = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
] as const;

/** Lines that follow one another in a file, and where their pixels belong. */
export interface Pass {
  width: number;
  height: number;
  x: number;
  y: number;
  dx: number;
  dy: number;
}

/** The passes of a picture in their order: one where it is not interlaced; empty ones are left out. */
export function passesOf({ width, height, interlaced }: PngHeader): Pass[] {
  if (!interlaced) return [{ width, height, x: 0, y: 0, dx: 1, dy: 1 }];
  return PASSES.map((pass) => ({
    ...pass,
    width: Math.ceil((width - pass.x) / pass.dx),
    height: Math.ceil((height - pass.y) / pass.dy),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}
