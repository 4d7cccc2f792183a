import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { genericAgent } from "../generic/index.ts";
import { codexTranscriptLines } from "./transcript.ts";

const panes = fileURLToPath(new URL("../../../fixtures/rollouts/panes", import.meta.url));

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
    ["a dialog is no footer", "• run\n› 1. Yes, proceed (y)\n  2. No\n", ["• run", "› 1. Yes, proceed (y)", "  2. No"]],
    ["a screen that shows only the composer keeps nothing", "› Ask Codex to do anything\n\n  model\n", []],
  ])("%s", (_what, screen, kept) => {
    expect(codexTranscriptLines(screen)).toEqual(kept);
  });

  it("are a beginning of every recorded screen, so that line numbers hold", () => {
    const files = readdirSync(panes).filter((name) => name.endsWith(".txt"));
    expect(files.length).toBeGreaterThan(5);
    for (const name of files) {
      const text = readFileSync(join(panes, name), "utf8");
      const kept = codexTranscriptLines(text);
      expect(
        text
          .split("\n")
          .map((line) => line.trimEnd())
          .slice(0, kept.length),
        name,
      ).toEqual(kept);
      expect(kept.join("\n"), name).not.toMatch(/Ask Codex to do anything|for shortcuts/);
    }
  });

  it("are all written lines for a program that nobody knows", () => {
    expect(genericAgent.pane.transcriptLines("$ ls\r\n› x \n\n")).toEqual(["$ ls", "› x"]);
  });
});
