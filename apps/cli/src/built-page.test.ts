import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { builtPage } from "./built-page.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-page-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (...path: string[]) => {
  const full = join(folder, ...path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, "");
};

it.each(["dist", "dist/chunks", "dist/chunks/deeper"])("is found by code that was bundled into %s", (place) => {
  for (const path of ["dist/main.js", "dist/web/index.html", `${place}/module.js`]) file(path);
  expect(builtPage(join(folder, place))).toBe(join(folder, "dist/web"));
});

it("is not taken from the sources of the page", () => {
  for (const path of ["apps/web/index.html", "apps/cli/src/main.ts"]) file(path);
  expect(builtPage(join(folder, "apps/cli/src"))).toBeUndefined();
});

it("is none where the page was not built", () => {
  file("dist/main.js");
  expect(builtPage(join(folder, "dist"))).toBeUndefined();
});
