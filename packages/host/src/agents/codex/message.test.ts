import { describe, expect, it } from "vitest";
import { furtherPanes, recordedPanes } from "../../../fixtures/index.ts";
import { composerHolds } from "./draft.ts";
import { codexMessageText } from "./message.ts";

describe("a message for the composer", () => {
  it.each([
    "hello",
    "!touch x",
    "/quit",
    "/clear now",
    "look at @alpha",
    "use $review",
    "\n!touch x",
    "\t/compact",
    "@alpha",
    "$",
    "two\nlines",
    "日本語 @ファイル",
  ])("neither begins nor ends with what the composer acts on: %j", (text) => {
    const message = codexMessageText(text);
    expect(message).toMatch(/^ [\s\S]* $/);
    expect(message.trim()).toBe(text.trim());
  });

  it("has no control characters, and is judged without them", () => {
    expect(codexMessageText("\u001b[201~!id\u0007\r\nx\u0000")).toBe(" [201~!id\nx ");
    expect(codexMessageText("\u0003/quit")).toBe(" /quit ");
    expect(codexMessageText("\u001b\u0000")).toBe("");
    expect(codexMessageText("")).toBe("");
  });
});

describe("composerHolds", () => {
  const screen = (name: string) => {
    const found = [...recordedPanes("0.171"), ...furtherPanes()].find((pane) => pane.name === name);
    if (found === undefined) throw new Error(`there is no screen ${name}`);
    return found;
  };
  const cjk = "日本語のテキストを長く書いてみると画面の端で折り返されるはずです。".repeat(6);
  const tall = Array.from({ length: 60 }, (_, n) => `tall ${n}`).join("\n");

  it.each([
    ["unsubmitted-input", "half a line", true],
    ["unsubmitted-input", " half a line ", true],
    ["unsubmitted-input", "half a line and more", false],
    ["unsubmitted-input", "a line", false],
    ["unsubmitted-paste-in-composer", "x".repeat(3000), true],
    ["unsubmitted-paste-in-composer", ` ${"x".repeat(2999)} `, true],
    ["unsubmitted-paste-in-composer", "x".repeat(2000), false],
    ["unsubmitted-paste-in-composer", "[Pasted Content 3000 chars]", true],
    ["0.171-120x50-draft-lines", "line one\n\n  b\nthree", true],
    ["0.171-44x16-draft-lines", "line one\n\n  b\nthree", true],
    ["0.171-44x16-draft-lines", "line one", false],
    ["0.171-44x16-draft-numbered", "1. first\n2. second", true],
    ["0.171-120x50-draft-cjk", cjk, true],
    ["0.171-44x16-draft-cjk", cjk, true],
    ["0.171-120x50-draft-tall", tall, true],
    ["0.171-44x16-draft-tall", tall, true],
    ["0.171-44x16-draft-tall", `${tall}!`, false],
    ["0.171-44x16-busy-draft", "abc", true],
    ["idle-composer", "hello", false],
    ["shell-mode-composer", "ls", false],
    ["command-approval", "Yes, proceed (y)", false],
    ["mcp-tool-approval", "anything", false],
    ["transcript-find", "find", false],
    ["agent-command-center", "hello worker", false],
  ])("%s holds %j: %s", (name, text, holds) => {
    expect(composerHolds(screen(name), text)).toBe(holds);
  });

  it("sees a draft of somebody else beside ours", () => {
    const glued = (draft: string) => ({ text: `› ${draft}\n\n  model · /p\n  tab to queue message` });
    expect(composerHolds(glued("do: say hello"), " do: say hello ")).toBe(true);
    expect(composerHolds(glued("please rm -rf the bui do: say hello"), " do: say hello ")).toBe(false);
    expect(composerHolds(glued("do: say hello x"), " do: say hello ")).toBe(false);
  });
});
