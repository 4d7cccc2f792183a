import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Show, wrapped } from "./show.ts";
import { sweepEarlierDemos } from "./sweep.ts";

it("breaks lines between words only, whatever is coloured", () => {
  const line = "  \u001b[32m✓\u001b[0m It observes the worker: \u001b[1mbusy, and a word\u001b[0m  12 ms";
  for (const columns of [20, 33, 60, 200]) {
    const lines = wrapped(line, columns).split("\n");
    expect(
      lines
        .map((own) => own.trim())
        .join(" ")
        .replace(/ +/g, " "),
    ).toBe(line.trim().replace(/ +/g, " "));
    for (const own of lines.slice(1)) expect(own).toMatch(/^ {4}/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with ESC
    for (const own of lines) expect(own.replace(/\u001b\[\d+m/g, "").length).toBeLessThan(columns);
  }
});

it("leaves a word that is longer than the line, and lines for a pipe, as they are", () => {
  expect(wrapped(`  see /tmp/${"x".repeat(50)} there`, 20)).toBe(`  see\n    /tmp/${"x".repeat(50)}\n    there`);
  let printed = "";
  new Show({ write: (text: string) => (printed += text), columns: 10 }, {}).say("  a line for a pipe or a file");
  expect(printed).toBe("  a line for a pipe or a file\n");
});

it("removes what earlier demos left, and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "demo-sweep-"));
  const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const name of [
    "conveyor-demo-Abc123",
    "conveyor-demo-Def456",
    "conveyor-other-Abc123",
    "conveyor-demo-Abc1234",
  ]) {
    mkdirSync(join(folder, name, "inside"), { recursive: true });
    if (name !== "conveyor-demo-Def456") utimesSync(join(folder, name), old, old);
  }
  symlinkSync(join(folder, "conveyor-other-Abc123"), join(folder, "conveyor-demo-Lnk000"));
  expect(sweepEarlierDemos(folder)).toEqual([join(folder, "conveyor-demo-Abc123")]);
  expect(
    ["conveyor-demo-Def456", "conveyor-other-Abc123/inside", "conveyor-demo-Abc1234"].every((name) =>
      existsSync(join(folder, name)),
    ),
  ).toBe(true);
  rmSync(folder, { recursive: true });
});
