import { describe, expect, it } from "vitest";
import { parsePrompt, slashCommand } from "./steps.mjs";

describe("the language of the prompts", () => {
  it("finds the steps on any line of a prompt, in order", () => {
    const prompt =
      "Message from the manager:\n  do: run npm test exit 1 print 1 failing | say done\nmarker 42\ndo: big 10";
    expect(parsePrompt(prompt)).toEqual([
      { name: "run", cmd: "npm test", exit_code: 1, output: "1 failing" },
      { name: "say", text: "done" },
      { name: "big", bytes: 10 },
    ]);
  });

  it("has no steps for an ordinary prompt", () => {
    expect(parsePrompt("please do: nothing of this is at the start of the line")).toBeNull();
  });

  it("answers a misspelt step with its name", () => {
    expect(parsePrompt("do: slep 3")).toEqual([{ name: "say", text: 'I do not know the step "slep 3".' }]);
  });

  it("takes clear and compact alone for commands to the program", () => {
    expect(slashCommand("/new")).toBe("clear");
    expect(slashCommand("do: compact")).toBe("compact");
    expect(slashCommand("do: say a | compact")).toBeNull();
  });
});
