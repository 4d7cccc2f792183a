import { describe, expect, it } from "vitest";
import { rolloutFixture } from "../../../fixtures/index.ts";
import { firstUserInput } from "./records/first-input.ts";
import { codexOffers, codexStartArgv } from "./start.ts";

const HELP = `Usage: codex [OPTIONS] [PROMPT]

Options:
  -s, --sandbox <SANDBOX_MODE>  Select the sandbox
      --no-daemon               Do not use the background server
      --daemon-timeout <S>      Ignored with --no-server
`;

describe("codexStartArgv", () => {
  it.each([
    [{}, "", ["--sandbox", "workspace-write", "--ask-for-approval", "on-request"]],
    [{ profile: "yolo" }, "", ["--sandbox", "danger-full-access", "--ask-for-approval", "never"]],
    [
      { profile: "yolo", sandbox: "read-only", ask_for_approval: "on-request" },
      "",
      ["--sandbox", "read-only", "--ask-for-approval", "on-request"],
    ],
    [{}, HELP, ["--sandbox", "workspace-write", "--ask-for-approval", "on-request", "--no-daemon"]],
    [
      { prompt: "do 'it'\nnow" },
      "",
      ["--sandbox", "workspace-write", "--ask-for-approval", "on-request", "do 'it'\nnow"],
    ],
    [
      { prompt: "- a list" },
      "",
      ["--sandbox", "workspace-write", "--ask-for-approval", "on-request", "--", "- a list"],
    ],
    [{ prompt: "" }, "", ["--sandbox", "workspace-write", "--ask-for-approval", "on-request"]],
  ])("makes %j into an argv", (request, help_text, args) => {
    expect(codexStartArgv({ command: ["codex"], ...request }, help_text)).toEqual(["codex", ...args]);
  });

  it("runs the program it is given", () => {
    expect(codexStartArgv({ command: ["/opt/codex"] }, "")[0]).toBe("/opt/codex");
  });

  it.each(["turbo", "constructor"])("refuses the profile %s", (profile) => {
    expect(() => codexStartArgv({ command: ["codex"], profile }, "")).toThrow(
      expect.objectContaining({
        code: "usage",
        message: expect.stringContaining(profile),
        hint: expect.stringContaining("yolo"),
      }),
    );
  });
});

describe("codexOffers", () => {
  it("finds options that the help lists, not ones that a description mentions", () => {
    expect(codexOffers(HELP, "--no-daemon")).toBe(true);
    expect(codexOffers(HELP, "--sandbox")).toBe(true);
    expect(codexOffers(HELP, "--no-server")).toBe(false);
    expect(codexOffers(HELP, "--daemon")).toBe(false);
    expect(codexOffers("", "--no-daemon")).toBe(false);
  });
});

describe("firstUserInput", () => {
  it("reads what the user said first, in both forms of the history, and not what the harness said", () => {
    expect(firstUserInput(rolloutFixture("v0.137-exec-legacy"))).toBe("legacy format please");
    expect(firstUserInput(rolloutFixture("v0.137-exec-legacy-migrated-to-paginated"))).toBe("legacy format please");
  });
});
