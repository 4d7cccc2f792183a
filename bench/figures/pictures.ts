import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@conveyor/sdk";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import type { Measurement } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, quantile, timed } from "../support/statistics.ts";

const [WIDTH, HEIGHT] = [1920, 1080];

/** Two screens are compared, beside the libraries that do the same: pngjs to read, pixelmatch to compare, pngjs to draw. */
export async function pictures({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 3 : 12;
  const folder = mkdtempSync(join(tmpdir(), "conveyor-bench-pictures-"));
  const [reference, candidate, diff_output] = ["a.png", "b.png", "diff.png"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const conveyor = await connect({ path: join(folder, "workerctl.db") });
  try {
    writeFileSync(reference, screen(0));
    writeFileSync(candidate, screen(40));
    say(`comparing ${WIDTH} x ${HEIGHT} pixels, ${rounds} times`);
    let [own, theirs] = [0, 0];
    const samples = await inTurns(rounds, {
      libraries: () =>
        timed(async () => {
          const [left, right] = [PNG.sync.read(readFileSync(reference)), PNG.sync.read(readFileSync(candidate))];
          const drawn = new PNG({ width: WIDTH, height: HEIGHT });
          const options = { threshold: 0, includeAA: true, diffMask: true };
          theirs = pixelmatch(left.data, right.data, drawn.data, WIDTH, HEIGHT, options);
          writeFileSync(diff_output, PNG.sync.write(drawn));
        }),
      conveyor: () =>
        timed(async () => {
          const asked = { reference, candidate, diff_output, threshold: 0 };
          own = (await conveyor.qa.visualDiff(asked)).changed_pixels;
        }),
    });
    if (own !== theirs) throw new Error(`${own} pixels differ for us, ${theirs} for the libraries`);
    return [
      {
        name: "pictures/1920x1080",
        what: `comparing two pictures of ${WIDTH} x ${HEIGHT} pixels and drawing the difference, median of ${rounds}`,
        unit: "ms",
        value: median(samples.conveyor),
        floor: { what: "pngjs and pixelmatch, in turns with it", value: median(samples.libraries) },
        details: { p90: quantile(samples.conveyor, 0.9) },
        targets: [{ of: "ratio", at: "most", limit: 3 }],
      },
    ];
  } finally {
    await conveyor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A picture with areas, steps and noise, of which a rectangle is brighter. */
function screen(brighter: number): Buffer {
  const picture = new PNG({ width: WIDTH, height: HEIGHT });
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const inside = x > 500 && x < 900 && y > 300 && y < 600;
      picture.data.set(
        [(x * 3 + y) & 255, (x ^ y) & 255, (x >> 3) + (inside ? brighter : 0), 255],
        (y * WIDTH + x) * 4,
      );
    }
  }
  return PNG.sync.write(picture);
}
