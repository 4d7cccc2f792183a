import { describe, expect, it } from "vitest";
import { launchWindow } from "./launch.ts";
import { macPreview, terminalLauncher } from "./terminals.ts";

const ATTACH = ["tmux", "attach", "-t", '=it\'s "here"'];

describe("the terminal program for a window", () => {
  it("is the configured one, its words before the command", () => {
    const options = { platform: "linux", env: { CONVEYOR_TERMINAL: "/usr/bin/xterm -e " }, choice: "auto" } as const;
    expect(terminalLauncher(ATTACH, options)).toEqual({ terminal: "xterm", argv: ["/usr/bin/xterm", "-e", ...ATTACH] });
  });

  it("is none on Linux when nothing is configured", () => {
    for (const env of [{}, { CONVEYOR_TERMINAL: "  " }]) {
      expect(terminalLauncher(ATTACH, { platform: "linux", env, choice: "terminal" })).toBeNull();
    }
  });

  it("is Ghostty on macOS when it is asked for, whatever is configured", () => {
    const launcher = terminalLauncher(["tmux", "attach"], {
      platform: "darwin",
      env: { CONVEYOR_TERMINAL: "kitty" },
      choice: "ghostty",
    });
    expect(launcher).toEqual({
      terminal: "ghostty",
      argv: ["open", "-na", "Ghostty.app", "--args", "-e", "tmux", "attach"],
    });
  });

  it("is Terminal on macOS where Ghostty is not installed, and quotes survive its script", () => {
    const launcher = terminalLauncher(ATTACH, { platform: "darwin", env: { HOME: "/nowhere" }, choice: "auto" });
    expect(launcher?.terminal).toBe("terminal");
    expect(launcher?.argv[2]).toBe(
      `tell application "Terminal" to do script "'tmux' 'attach' '-t' '=it'\\"'\\"'s \\"here\\"'"`,
    );
  });

  it("can be shown anywhere", () => {
    expect(macPreview(["tmux"], "ghostty")?.argv).toEqual(["open", "-na", "Ghostty.app", "--args", "-e", "tmux"]);
    expect(macPreview(["tmux"], "auto")).toBeNull();
  });
});

describe("opening a window", () => {
  it("is done when the program goes on running, and when it ends well", async () => {
    await expect(launchWindow(["sleep", "2"], process.env)).resolves.toBeUndefined();
    await expect(launchWindow(["true"], process.env)).resolves.toBeUndefined();
  });

  it.each([
    [["false"], "exit code 1"],
    [["/nonexistent/terminal"], "no such program"],
  ])("fails with %j and says why", async (argv, reason) => {
    await expect(launchWindow(argv, process.env)).rejects.toMatchObject({
      code: "side_effect_failed",
      message: expect.stringContaining(reason),
    });
  });
});
