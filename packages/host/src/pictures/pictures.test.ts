import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { PNG } from "pngjs";
import { afterAll, describe, expect, it } from "vitest";
import { exec } from "../exec.ts";
import { pageOfDifference, pictureDifference, writeRgbaPng } from "./index.ts";
import { PngFile } from "./png-file.ts";
import { COLOUR_TYPES, type PngHeader } from "./png-format.ts";
import { pixelRows } from "./png-rows.ts";
import { openStretches } from "./regions.ts";
import {
  encodePng,
  type PngToEncode,
  pngChunk,
  pngHeaderChunk,
  rawLines,
  SIGNATURE_OF_PNG,
} from "./testing/encode-png.ts";
import type { PicturesToCompare } from "./visual-diff.ts";

const folder = mkdtempSync(join(tmpdir(), "conveyor-pictures-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: Uint8Array): string {
  files += 1;
  const path = join(folder, `${files}.png`);
  writeFileSync(path, content);
  return path;
}

/** The pixels of a picture as we read them. */
async function pixelsOf(path: string, bits: 8 | 16 = 8): Promise<Buffer> {
  const png = await PngFile.open({ label: "--reference", path });
  try {
    const rows: Buffer[] = [];
    for await (const row of pixelRows(png, bits)) rows.push(Buffer.from(row));
    return Buffer.concat(rows);
  } finally {
    await png.close();
  }
}

const compare = (reference: string, candidate: string, more: Partial<PicturesToCompare> = {}) =>
  pictureDifference({
    reference,
    candidate,
    tolerance: 0,
    ignored: [],
    sizes: "equal",
    smoothing: "counts",
    diff_output: null,
    ...more,
  });

const RGBA: PngHeader = { width: 7, height: 9, depth: 8, colour_type: 6, interlaced: false };
const noise = (x: number, y: number, index: number) => (x * 37 + y * 101 + index * 59 + x * y) & 0xff;

/** Every kind of PNG that there is. */
const KINDS: PngToEncode[] = Object.entries(COLOUR_TYPES).flatMap(([colour_type, { depths }]) =>
  depths.flatMap((depth) =>
    [false, true].map((interlaced) => ({
      ...{ width: 13, height: 11, depth, colour_type: Number(colour_type), interlaced },
      sample: (x: number, y: number, index: number) => (noise(x, y, index) * (depth === 16 ? 257 : 1)) % 2 ** depth,
      chunks:
        colour_type === "3"
          ? [
              ["PLTE", Uint8Array.from({ length: 2 ** depth * 3 }, (_, i) => (i * 91) & 0xff)] as const,
              ["tRNS", Uint8Array.from([0, 128])] as const,
            ]
          : [],
    })),
  ),
);

const titleOf = ({ colour_type, depth, interlaced }: PngHeader) =>
  `${COLOUR_TYPES[colour_type]?.name} of ${depth} bits${interlaced ? ", interlaced" : ""}`;

describe("a PNG", () => {
  it.each(KINDS.map((kind) => [titleOf(kind), kind] as const))(
    "of the kind %s is read as others read it",
    async (_, kind) => {
      const content = encodePng(kind);
      const seen = PNG.sync.read(content);
      const own = await pixelsOf(file(content));
      // The other reader scales 16 bits down by rounding, we by taking the upper half; both are 8 bits of the same sample.
      const most = kind.depth === 16 ? 1 : 0;
      const apart = own.map((value, i) => Math.abs(value - (seen.data[i] as number)));
      expect(own).toHaveLength(seen.data.length);
      expect(Math.max(...apart)).toBeLessThanOrEqual(most);
    },
  );

  it("shows the one colour that is named transparent so, in grey and in RGB", async () => {
    const clear = (values: number[]) => Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
    const kinds: PngToEncode[] = [
      { ...RGBA, colour_type: 2, sample: noise, chunks: [["tRNS", clear([0, 1, 2].map((i) => noise(3, 4, i)))]] },
      {
        ...RGBA,
        colour_type: 0,
        depth: 4,
        sample: (x, y) => noise(x, y, 0) & 15,
        chunks: [["tRNS", clear([noise(3, 4, 0) & 15])]],
      },
      {
        ...RGBA,
        colour_type: 2,
        depth: 16,
        sample: noise,
        chunks: [["tRNS", clear([0, 1, 2].map((i) => noise(3, 4, i)))]],
      },
    ];
    for (const kind of kinds) {
      const pixels = await pixelsOf(file(encodePng(kind)));
      expect(pixels[(4 * 7 + 3) * 4 + 3]).toBe(0);
      expect(pixels[3]).toBe(255);
    }
  });
});

const pixel = (colour: readonly number[], header: Partial<PngHeader> = {}) =>
  encodePng({ ...RGBA, ...header, sample: (_x, _y, index) => colour[index] as number });

describe("two pictures", () => {
  it("are equal whatever way they are packed, RGB beside RGBA that is opaque", async () => {
    const rgb = file(encodePng({ ...RGBA, colour_type: 2, sample: noise, filter: () => 4 }));
    const rgba = file(encodePng({ ...RGBA, interlaced: true, sample: (x, y, i) => (i === 3 ? 255 : noise(x, y, i)) }));
    const found = await compare(rgb, rgba);
    expect(found).toMatchObject({ total_pixels: 63, changed_pixels: 0, changed_bounds: null, width: 7, height: 9 });
    expect(found.reference.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(found.candidate.sha256).not.toBe(found.reference.sha256);
  });

  it("differ by alpha alone, and by the last bit of sixteen", async () => {
    expect(await compare(file(pixel([9, 9, 9, 255])), file(pixel([9, 9, 9, 254])))).toMatchObject({
      changed_pixels: 63,
    });
    const deep = (value: number) => file(pixel([value, 0, 0, 65535], { depth: 16 }));
    expect(await compare(deep(40_000), deep(40_001))).toMatchObject({ changed_pixels: 63 });
    expect(await compare(deep(128 * 257), file(pixel([128, 0, 0, 255])))).toMatchObject({ changed_pixels: 0 });
  });

  it("are compared within a tolerance for each sample", async () => {
    const [one, other] = [file(pixel([100, 100, 100, 255])), file(pixel([103, 100, 97, 255]))];
    expect(await compare(one, other, { tolerance: 3 })).toMatchObject({ changed_pixels: 0 });
    expect(await compare(one, other, { tolerance: 2 })).toMatchObject({ changed_pixels: 63 });
    const deep = (value: number) => file(pixel([value, 0, 0, 65535], { depth: 16 }));
    expect(await compare(deep(1000), deep(1000 + 257), { tolerance: 1 })).toMatchObject({ changed_pixels: 0 });
    expect(await compare(deep(1000), deep(1001 + 257), { tolerance: 1 })).toMatchObject({ changed_pixels: 63 });
  });

  it("tell where they differ, and leave out what is ignored", async () => {
    const with_ = (places: readonly (readonly [number, number])[]) =>
      file(
        encodePng({ ...RGBA, sample: (x, y, i) => (i === 0 && places.some(([a, b]) => a === x && b === y) ? 1 : 0) }),
      );
    const found = await compare(
      with_([]),
      with_([
        [2, 3],
        [5, 7],
      ]),
    );
    expect(found).toMatchObject({ changed_pixels: 2, changed_bounds: { x: 2, y: 3, width: 4, height: 5 } });
    const ignored = [
      { x: 5, y: 7, width: 100, height: 1 },
      { x: 6, y: 0, width: 1, height: 9 },
    ];
    expect(
      await compare(
        with_([]),
        with_([
          [2, 3],
          [5, 7],
          [6, 8],
        ]),
        { ignored },
      ),
    ).toMatchObject({
      ...{ total_pixels: 63 - 10, ignored_pixels: 10, changed_pixels: 1 },
      changed_bounds: { x: 2, y: 3, width: 1, height: 1 },
    });
  });

  it("of two sizes are refused with both, or compared with the difference as changed", async () => {
    const [one, other] = [file(pixel([1, 1, 1, 255])), file(pixel([1, 1, 1, 255], { width: 5, height: 10 }))];
    await expect(compare(one, other)).rejects.toThrow("reference=7x9 candidate=5x10");
    expect(await compare(one, other, { sizes: "any" })).toMatchObject({
      ...{ total_pixels: 70, changed_pixels: 70 - 45 },
      changed_bounds: { x: 0, y: 0, width: 7, height: 10 },
    });
  });

  it("have their smoothed edges told apart when that is asked for", async () => {
    // A slanted edge, smoothed in the one picture only.
    const edge = (smooth: boolean) =>
      file(
        encodePng({
          ...{ ...RGBA, width: 24, height: 24 },
          sample: (x, y, i) => (i === 3 ? 255 : x < y ? 0 : x === y && smooth ? 128 : 255),
        }),
      );
    const [hard, smooth] = [edge(false), edge(true)];
    expect(await compare(hard, smooth)).toMatchObject({ changed_pixels: 24, antialiased_pixels: 0 });
    const told = await compare(hard, smooth, { smoothing: "is ignored" });
    expect(told.antialiased_pixels).toBeGreaterThan(18);
    expect(told.changed_pixels + told.antialiased_pixels).toBe(24);
    const block = (value: number) => file(pixel([value, value, value, 255], { width: 24, height: 24 }));
    expect(await compare(block(0), block(255), { smoothing: "is ignored" })).toMatchObject({ changed_pixels: 576 });
  });

  it("are drawn: what is equal clear, what changed red, in a file that others can read", async () => {
    const one = file(encodePng({ ...RGBA, sample: noise }));
    const other = file(encodePng({ ...RGBA, sample: (x, y, i) => noise(x, y, i) ^ (x === 2 && y === 3 ? 1 : 0) }));
    const diff_output = join(folder, "drawn.png");
    await compare(one, other, { diff_output });
    const drawn = PNG.sync.read(readFileSync(diff_output));
    const places = [...drawn.data].flatMap((value, i) => (value === 0 ? [] : [[i, value]]));
    const start = (3 * 7 + 2) * 4;
    expect([drawn.width, drawn.height, places]).toEqual([
      7,
      9,
      [
        [start, 255],
        [start + 3, 255],
      ],
    ]);
  });
});

const IEND = pngChunk("IEND", Buffer.alloc(0));
const whole = encodePng({ ...RGBA, sample: noise });
const made = (...chunks: Uint8Array[]) => Buffer.concat([SIGNATURE_OF_PNG, ...chunks]);
const idat = (raw: Uint8Array) => pngChunk("IDAT", deflateSync(raw));
const lines = rawLines({ ...RGBA, sample: noise });
const header = pngHeaderChunk(RGBA);
const flipped = (at: number) => Buffer.from(whole.map((byte, i) => (i === at ? byte ^ 1 : byte)));
const badHeader = (change: Partial<PngHeader>) => made(pngHeaderChunk({ ...RGBA, ...change }), idat(lines), IEND);

/** Files that are no picture that can be compared, and what is said of each. */
const DAMAGED: readonly (readonly [what: string, content: Uint8Array, told: RegExp])[] = [
  ["an empty file", Buffer.alloc(0), /is not a PNG/],
  ["a text", Buffer.from("not a picture at all"), /is not a PNG/],
  ["a JPEG", Buffer.from("ffd8ffe000104a464946", "hex"), /is not a PNG/],
  ["a file that ends in a chunk's header", whole.subarray(0, 12), /ends in the middle of its next chunk's header/],
  ["a file that ends in its pixels", whole.subarray(0, whole.length - 40), /ends in the middle of its chunk IDAT/],
  ["a file without its end", whole.subarray(0, whole.length - 12), /ends in the middle of its next chunk's header/],
  ["a file that begins with another chunk", made(idat(lines), IEND), /begins with the chunk IDAT instead of IHDR/],
  ["a header of another length", made(pngChunk("IHDR", Buffer.alloc(12)), IEND), /IHDR of 12 bytes/],
  ["two headers", made(header, header, idat(lines), IEND), /two headers/],
  ["no pixels", made(header, IEND), /no pixels \(IDAT\)/],
  ["a side of no length", badHeader({ width: 0 }), /0x9/],
  ["300 megapixels", badHeader({ width: 20_000, height: 15_000 }), /20000x15000 pixels; at most 64 million/],
  ["sides beyond all numbers", badHeader({ width: 0xffffffff, height: 0xffffffff }), /at most 64 million/],
  [
    "a large interlaced picture",
    badHeader({ width: 5000, height: 5000, interlaced: true }),
    /interlaced and has more than 16 million/,
  ],
  ["a colour type of its own", badHeader({ colour_type: 5 }), /colour type 5/],
  ["a depth of its own", badHeader({ depth: 4 }), /colour type 6 with 4 bits/],
  ["a palette picture without palette", badHeader({ colour_type: 3 }), /without its palette/],
  ["an animation", made(header, pngChunk("acTL", Buffer.alloc(8)), idat(lines), IEND), /is animated/],
  ["a wrong checksum of the header", flipped(17), /chunk IHDR whose checksum is wrong/],
  ["a wrong checksum of the pixels", flipped(whole.length - 14), /chunk IDAT whose checksum is wrong/],
  ["pixels that cannot be unpacked", made(header, pngChunk("IDAT", Buffer.alloc(60, 7)), IEND), /cannot be unpacked/],
  ["pixels that end early", made(header, idat(lines.subarray(0, 100)), IEND), /fewer pixels than its header says/],
  [
    "packed pixels cut off",
    made(header, pngChunk("IDAT", deflateSync(lines).subarray(0, 60)), IEND),
    /cannot be unpacked/,
  ],
  ["too many pixels", made(header, idat(Buffer.concat([lines, lines])), IEND), /more pixels than its header says/],
  ["a bomb", made(header, idat(Buffer.alloc(50_000_000)), IEND), /more pixels than its header says/],
  [
    "an unknown filter",
    made(header, idat(rawLines({ ...RGBA, sample: noise, filter: () => 5 })), IEND),
    /unknown filter 5/,
  ],
  [
    "pixels in two places",
    made(header, idat(lines), pngChunk("tEXt", Buffer.from("a\0b")), idat(lines), IEND),
    /pixels in two places/,
  ],
  ["a chunk without a name", made(header, pngChunk("\0\0\0\0", Buffer.alloc(0)), IEND), /chunk whose name is none/],
  ["a huge palette", made(header, pngChunk("PLTE", Buffer.alloc(3000)), IEND), /chunk PLTE of 3000 bytes/],
];

describe("what is no picture", () => {
  const good = file(whole);

  it.each(DAMAGED)(
    "%s is refused by name, as reference and as candidate, and nothing is written",
    async (_, content, told) => {
      const bad = file(content);
      const diff_output = join(folder, "never.png");
      await expect(compare(bad, good, { diff_output })).rejects.toThrow(told);
      await expect(compare(bad, good)).rejects.toMatchObject({ code: "invalid_input" });
      await expect(compare(good, bad, { diff_output })).rejects.toThrow(/^--candidate /);
      expect(readdirSync(folder).filter((name) => name.startsWith("never"))).toEqual([]);
    },
  );

  it("a file that is missing, a folder and a pipe are refused, and nobody waits for them", async () => {
    const [sub, pipe, link] = [join(folder, "sub"), join(folder, "pipe"), join(folder, "link")];
    mkdirSync(sub);
    await exec(["mkfifo", pipe]);
    symlinkSync(pipe, link);
    for (const path of [join(folder, "missing"), sub, pipe, link]) {
      await expect(compare(path, good)).rejects.toThrow(/^--reference .* cannot be read: /);
    }
  });
});

describe("a large picture", () => {
  it("of 8,000 x 8,000 pixels is compared in little memory", { timeout: 60_000 }, async () => {
    const header_ = { ...RGBA, width: 8000, height: 8000, colour_type: 0, depth: 8 };
    const raw = Buffer.alloc(8001 * 8000);
    const black = file(made(pngHeaderChunk(header_), idat(raw), IEND));
    raw[8001 * 8000 - 1] = 1;
    const spot = file(made(pngHeaderChunk(header_), idat(raw), IEND));
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const found = await compare(black, spot).finally(() => clearInterval(watch));
    expect(found).toMatchObject({ changed_pixels: 1, changed_bounds: { x: 7999, y: 7999, width: 1, height: 1 } });
    // Held as a whole the two would take 512 MB.
    expect((most - before) / 1e6).toBeLessThan(120);
  });
});

it("stretches beside regions are found, whatever overlaps", () => {
  const region = (x: number, width: number) => ({ x, y: 0, width, height: 1 });
  expect(openStretches([], 0, 10)).toEqual([[0, 10]]);
  expect(openStretches([region(2, 3), region(4, 2), region(9, 5)], 0, 10)).toEqual([
    [0, 2],
    [6, 9],
  ]);
  expect(openStretches([region(0, 100)], 0, 10)).toEqual([]);
  expect(openStretches([region(12, 3)], 0, 10)).toEqual([[0, 10]]);
  expect(openStretches([region(0, 100)], 1, 10)).toEqual([[0, 10]]);
});

it("an RGBA picture that was written is read as it was", async () => {
  const path = join(folder, "own.png");
  const pixels = Uint8Array.from({ length: 3 * 2 * 4 }, (_, i) => i * 10);
  await writeRgbaPng(path, { width: 3, height: 2, pixels });
  expect([...PNG.sync.read(readFileSync(path)).data]).toEqual([...pixels]);
  await expect(writeRgbaPng(join(folder, "no/where.png"), { width: 3, height: 2, pixels })).rejects.toThrow(/ENOENT/);
});

it("the page of a difference holds its pictures, takes names as text, and runs no script but its own", async () => {
  const picture = (title: string) => ({ title, path: `/x/<img src=x onerror=alert(1)>"'&.png`, png: whole });
  const html = await pageOfDifference({
    title: "</title><script>alert(1)</script>",
    facts: [["<b>", "</td>"]],
    ...{ reference: picture("Reference"), candidate: picture("Candidate"), difference: picture("Difference") },
  });
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toContain("<img src=x");
  expect(html).not.toMatch(/https?:|\bsrc="(?!data:)/);
  expect(html).toContain(whole.toString("base64"));
  expect(html).toMatch(/default-src 'none'/);
});
