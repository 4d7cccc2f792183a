import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readTree } from "./tree.ts";
import { TreeWatch } from "./watch.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-watch-")));
  mkdirSync(join(root, "a/b"), { recursive: true });
  writeFileSync(join(root, "a/b/file"), "1");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it("hears a change in a folder of the tree, also in one that came later", async () => {
  let ring = () => {};
  const heard = () => new Promise<void>((resolve) => (ring = resolve));
  const watch = new TreeWatch(() => ring());
  const read = () => readTree(root, { env: process.env });
  watch.follow(await read());
  expect(watch.hears).toBe(true);
  const first = heard();
  writeFileSync(join(root, "a/b/file"), "2");
  await first;
  mkdirSync(join(root, "a/new"));
  writeFileSync(join(root, "a/new/file"), "1");
  watch.follow(await read());
  const second = heard();
  writeFileSync(join(root, "a/new/file"), "2");
  await second;
  watch.close();
  expect(watch.hears).toBe(false);
});

it("says that it is deaf where there is too much to hear", () => {
  const watch = new TreeWatch(() => {});
  const entries = Array.from({ length: 6_000 }, (_, at) => ({ path: `d${at}/f`, mode: "100644", digest: "x" }));
  watch.follow({ root, entries });
  expect(watch.hears).toBe(false);
});
