import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { furtherPanes } from "../../../fixtures/index.ts";
import { genericAgent } from "../generic/index.ts";
import { codexAgent } from "./index.ts";
import { codexTranscriptLines } from "./transcript.ts";

const folders = ["panes", "panes-real", "panes-0.171", "panes-more"].map((name) =>
  fileURLToPath(new URL(`../../../fixtures/rollouts/${name}`, import.meta.url)),
);

describe("the lines of a screen of Codex that a transcript keeps", () => {
  it.each<[what: string, screen: string, kept: string[]]>([
    ["blanks at the end of lines and of the screen are no text", "one  \n\ntwo\n\n   \n", ["one", "", "two"]],
    ["an empty screen has no lines", "\n\n\n", []],
    [
      "the composer and what stands under it are a footer",
      "• done\n\n\n› Ask Codex to do anything\n\n  model · /dir\n",
      ["• done"],
    ],
    [
      "a message that stands unsent in the composer is no transcript yet",
      "• done\n› half a thought\n  and more\n",
      ["• done"],
    ],
    ["a message that was sent stays", "› hello\n\n• First answer.\n", ["› hello", "", "• First answer."]],
    [
      "the running step above the composer changes every second",
      "› hello\n\n◦ Working (12s • esc to interrupt)\n\n› Ask Codex to do anything\n",
      ["› hello"],
    ],
    ["a long running step counts its minutes", "• a\n◦ Working (1h 2m 3s • esc to interrupt)\n› \n", ["• a"]],
    [
      "the warning at the right edge and messages that wait move down with the composer",
      `• a\n\n• Working (2s • esc to interrupt)\n\n• Messages to be submitted after next tool call (press esc)\n  ↳ b\n\n    c\n${" ".repeat(40)}⚠ 5h limit: only <1% left · /status\n\n› Ask Codex to do anything\n\n  model · /dir\n  ? for shortcuts\n`,
      ["• a"],
    ],
    [
      "a step that has begun will show other words when it has ended",
      "• a\n\n◦ Running sleep 8\n\n◦ Calling files.read\n    + Show details\n\n• Working (2s • esc to interrupt)\n\n› \n",
      ["• a"],
    ],
    [
      "the number of background terminals changes",
      "• a\n\n  2 background terminals running · /ps to view · /stop to close\n\n› \n",
      ["• a"],
    ],
    ["a warning of the transcript stays", "⚠ No sandbox.\n  Be careful.\n\n› \n", ["⚠ No sandbox.", "  Be careful."]],
    ["a dialog is no footer", "• run\n› 1. Yes, proceed (y)\n  2. No\n", ["• run", "› 1. Yes, proceed (y)", "  2. No"]],
    ["a screen that shows only the composer keeps nothing", "› Ask Codex to do anything\n\n  model\n", []],
  ])("%s", (_what, screen, kept) => {
    expect(codexTranscriptLines(screen)).toEqual(kept);
  });

  it("are a beginning of every recorded screen, so that line numbers hold", () => {
    const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    expect(files.length).toBeGreaterThan(100);
    for (const name of files.filter((file) => file.endsWith(".txt"))) {
      const text = readFileSync(name, "utf8");
      const kept = codexTranscriptLines(text);
      expect(
        text
          .split("\n")
          .map((line) => line.trimEnd())
          .slice(0, kept.length),
        name,
      ).toEqual(kept);
      // A search field keeps the composer in sight, and is no composer.
      if (!name.endsWith("find.txt"))
        expect(kept.join("\n"), name).not.toMatch(/Ask Codex to do anything|for shortcuts/);
    }
  });

  it("go on where the capture before ended, below the pinned prompt, although a warning stood above the composer", () => {
    const linesOf = (name: string) =>
      codexTranscriptLines(furtherPanes().find((pane) => pane.name === name)?.text ?? "");
    for (const size of ["44x16", "100x40"]) {
      const [before, after] = [linesOf(`0.171-${size}-usage`), linesOf(`0.171-${size}-usage-then-answer`)];
      const last = before.at(-1) ?? "";
      expect(last).toMatch(/PM\.$/);
      const common = after.slice(0, after.indexOf(last) + 1).slice(codexAgent("").pane.pinned_lines);
      expect(before.slice(before.length - common.length)).toEqual(common);
      expect(after.at(-1)).toMatch(/Worked for/);
    }
  });

  it("are all written lines for a program that nobody knows", () => {
    expect(genericAgent.pane.transcriptLines("$ ls\r\n› x \n\n")).toEqual(["$ ls", "› x"]);
  });
});
