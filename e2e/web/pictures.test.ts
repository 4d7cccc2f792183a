import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { start } from "../support/world/process.ts";
import { REPOSITORY, World } from "../support/world/world.ts";
import { Browser, chromiumPath, warnWithoutChromium } from "./support/browser.ts";

warnWithoutChromium();

let world: World;
/** The browser that the tests of the page use too. */
const env = { CONVEYOR_BROWSER_EXECUTABLE: chromiumPath ?? "" };
const at = (name: string) => join(world.project, name);
const picture = (path: string) => PNG.sync.read(readFileSync(path));

beforeAll(async () => {
  world = await World.start({ env });
});
afterAll(() => world.close());

describe.runIf(chromiumPath !== undefined)("pictures of pages", () => {
  it("are taken of a file, in the size of the window, without anything from outside its folder", async () => {
    const outside = join(world.root, "outside.css");
    writeFileSync(outside, "body { background: rgb(200, 0, 0) !important }");
    writeFileSync(
      at("page.html"),
      `<style>body { background: rgb(0, 0, 200) }</style><link rel="stylesheet" href="${pathToFileURL(outside).href}">
       <img src="http://192.0.2.1/x.png">`,
    );
    const flags = ["--output", "shot.png", "--width", "32", "--height", "16"];
    const taken = await world.ask<"qa.screenshot">("screenshot", "--html", "page.html", ...flags);
    expect(taken).toMatchObject({ backend: "configured-executable", viewport: "32x16", blocked_requests: 2 });
    const { width, height, data } = picture(at("shot.png"));
    expect([width, height, [...data.subarray(0, 3)]]).toEqual([32, 16, [0, 0, 200]]);
  });

  it("are taken of this machine's servers, and of no other unless that is said", async () => {
    const server = createServer((_, response) => response.end("<body style='background:rgb(0,99,0)'>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await world.ask<"qa.screenshot">(
        "screenshot",
        "--url",
        url,
        "--output",
        "served.png",
        "--width",
        "9",
        "--height",
        "9",
      );
      expect([...picture(at("served.png")).data.subarray(0, 3)]).toEqual([0, 99, 0]);
    } finally {
      server.close();
    }
    const foreign = await world.refused("screenshot", "--url", "http://192.0.2.1/", "--output", "no.png");
    expect([foreign.code, foreign.error.hint]).toEqual([2, expect.stringContaining("--any-host")]);
  });

  it("are taken by the helper script too, which prints one line", async () => {
    const script = join(REPOSITORY, "scripts/capture-static-html-screenshot.mjs");
    const run = async (...argv: string[]) =>
      (await start([process.execPath, script, ...argv], { cwd: world.project, env: world.env })).done;
    const given = ["--html", "page.html", "--output", "made/shot.png", "--width", "39", "--height", "12"];
    const ran = await run(...given);
    expect([ran.code, ran.stderr, JSON.parse(ran.stdout)]).toEqual([
      0,
      "",
      { backend: "configured-executable", html_path: "page.html", screenshot_path: "made/shot.png", viewport: "39x12" },
    ]);
    expect(picture(at("made/shot.png")).width).toBe(39);
    for (const [wrong, told] of [
      [["--full", "1"], /^capture_failed: --full is not one of --html/],
      [given.slice(0, 6), /^capture_failed: --height is missing/],
      [given.with(5, "039"), /^capture_failed: --width must be a positive/],
      [given.with(1, "missing.html"), /^capture_failed: --html .* is no file\n$/],
    ] as const) {
      const { code, stdout, stderr } = await run(...wrong);
      expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(told)]);
    }
  });

  it("are not taken where there is no browser, which tells of every attempt", async () => {
    const without = {
      ...world.env,
      CONVEYOR_BROWSER_EXECUTABLE: "/nowhere/chrome",
      PATH: "/nowhere",
      HOME: world.root,
    };
    const argv = ["screenshot", "--html", "page.html", "--output", "none.png", "--json"];
    const ran = await (await world.begin(argv, { env: without })).done;
    const { error } = JSON.parse(ran.stderr);
    expect([ran.code, error.code]).toEqual([2, "tool_missing"]);
    expect(error.message).toMatch(
      /^browser_unavailable: .*configured-executable: .*playwright-chromium: .*chrome-channel: /,
    );
  });

  it("that were compared are shown on a page whose slider moves", async () => {
    for (const [name, grey] of [
      ["a.png", 0],
      ["b.png", 255],
    ] as const) {
      const drawn = new PNG({ width: 40, height: 20 });
      drawn.data.fill(grey);
      writeFileSync(at(name), PNG.sync.write(drawn));
    }
    const pictures = ["--reference", "a.png", "--candidate", "b.png", "--diff-output", "diff.png"];
    await world.ask<"qa.visualDiff">("visual-diff", ...pictures, "--threshold", "1", "--html-output", "page/diff.html");
    const browser = await Browser.open({});
    try {
      await browser.page.goto(pathToFileURL(at("page/diff.html")).href);
      const shown = () =>
        browser.page
          .locator("#top")
          .evaluate((image) => String(Reflect.get(globalThis, "getComputedStyle")(image).clipPath));
      expect(await shown()).toContain("50%");
      await browser.page.getByRole("slider", { name: "Reference over candidate" }).fill("20");
      expect(await shown()).toContain("80%");
      expect(await browser.page.locator("img").count()).toBe(5);
      expect([browser.errors, [...browser.origins].filter((origin) => origin !== "null")]).toEqual([[], []]);
    } finally {
      await browser.close();
    }
  });
});
