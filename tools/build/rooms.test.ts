import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leaveToRooms, planRooms, roomEntry } from "./rooms.ts";

/** A program of three areas: two of them use the third and each other, and all ask a module that remembers. */
const SOURCES: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module" }',
  "packages/core/src/start.ts": `import { note } from "../../store/src/memory.ts";
note("start");
export const run = async (name: string) =>
  name === "left" ? (await import("./left/go.ts")).go() : (await import("./right/go.ts")).go();`,
  "packages/store/src/memory.ts":
    "const notes: string[] = []; export const note = (text: string) => { notes.push(text); return [...notes]; };",
  "packages/core/src/left/go.ts": `import { note } from "../../../store/src/memory.ts";
import { twice } from "../shared/twice.ts";
import { side } from "../right/side.ts";
export const go = () => note(twice(side));`,
  "packages/core/src/right/side.ts": 'export const side = "r";',
  "packages/core/src/right/go.ts": `import { note } from "../../../store/src/memory.ts";
import { named } from "../left/name.ts";
import gift, { also } from "gift";
import { box } from "box";
export const go = () => note([named, gift, also, box].join("+"));`,
  "packages/core/src/left/name.ts": 'export { twice as named } from "../shared/named.ts";',
  "packages/core/src/shared/twice.ts": "export const twice = (text: string) => text + text;",
  "packages/core/src/shared/named.ts": 'export const twice = "left";',
  "node_modules/box/package.json": '{ "name": "box", "type": "module", "main": "index.js" }',
  "node_modules/box/index.js": 'import paper from "paper"; export const box = paper;',
  "node_modules/paper/package.json": '{ "name": "paper", "type": "module", "main": "index.js" }',
  "node_modules/paper/index.js": 'export default "paper";',
  "node_modules/gift/package.json": '{ "name": "gift", "main": "index.js" }',
  "node_modules/gift/index.js": 'module.exports = Object.assign(() => 1, { also: "also", toString: () => "gift" });',
};

const OPTIONS = {
  bundle: true,
  format: "cjs",
  platform: "node",
  supported: { "dynamic-import": false },
  logLevel: "error",
} as const satisfies BuildOptions;

const START = "packages/core/src/start.ts";

describe("a program in rooms", () => {
  let root: string;
  let out: string;

  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "rooms-")));
    for (const [path, source] of Object.entries(SOURCES)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), source);
    }
    out = join(root, "out");
    const options = { ...OPTIONS, absWorkingDir: root };
    const rooms = await planRooms(options, START, []);
    for (const room of rooms.asked.keys())
      await build({
        ...options,
        outdir: out,
        entryNames: room,
        stdin: { contents: roomEntry(rooms, room), resolveDir: root },
        plugins: [leaveToRooms(rooms, room, root, (name) => `${name}.js`)],
      });
    writeFileSync(join(out, "package.json"), '{ "type": "commonjs" }');
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** What running these operations one after another in one process gave, and the files that it loaded. */
  function run(...names: string[]): { gave: unknown; loaded: string[] } {
    const script = `const { run } = require("./base.js")[${JSON.stringify(START)}];
(async () => {
  const gave = [];
  for (const name of ${JSON.stringify(names)}) gave.push(await run(name));
  const loaded = Object.keys(require.cache).map((file) => require("node:path").basename(file, ".js")).sort();
  console.log(JSON.stringify({ gave, loaded }));
})();`;
    return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: out, encoding: "utf8" }));
  }

  it("has a file for what every operation needs, one for each folder, and one for each package", () => {
    expect(readdirSync(out).sort()).toEqual([
      "base.js",
      "core-left.js",
      "core-right.js",
      "core-shared.js",
      "npm-box.js",
      "npm-gift.js",
      "package.json",
    ]);
  });

  it("loads the files of the operation that runs, and no others", () => {
    expect(run().loaded).toEqual(["base"]);
    expect(run("left").loaded).toEqual(["base", "core-left", "core-right", "core-shared"]);
  });

  it("has each module once, whichever file asks for it, and keeps what its imports mean", () => {
    expect(run("left", "right", "left").gave).toEqual([
      ["start", "rr"],
      ["start", "rr", "left+gift+also+paper"],
      ["start", "rr", "left+gift+also+paper", "rr"],
    ]);
  });
});
