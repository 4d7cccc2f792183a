import { describe, expect, it } from "vitest";
import type { ExecResult } from "../exec.ts";
import { tmuxFailure } from "./failures.ts";

function failed(stderr: string): ExecResult {
  return { exit_code: 1, exit_signal: null, stdout: "", stderr, truncated: false };
}

describe("what tmux complains about", () => {
  it.each([
    ["no server running on /tmp/tmux-0/default", "tmux_no_server"],
    ["error connecting to /tmp/tmux-0/default (No such file or directory)", "tmux_no_server"],
    ["error connecting to /tmp/tmux-0/default (Connection refused)", "tmux_no_server"],
    ["server exited unexpectedly", "tmux_no_server"],
    ["lost server", "tmux_no_server"],
    ["can't find session: codex-a", "tmux_session_missing"],
    ["can't find pane: %7", "tmux_pane_missing"],
    ["can't find window: 3", "tmux_pane_missing"],
    ["duplicate session: codex-a", "conflict"],
    ["error connecting to /tmp/tmux-0/default (Operation not permitted)", "host_denied"],
    ["couldn't create directory /tmp/tmux-0 (Permission denied)", "host_denied"],
    ["open terminal failed: not authorised", "host_denied"],
    ["unknown option: -Q", "side_effect_failed"],
    ["", "side_effect_failed"],
  ])("means for %j the code %s", (complaint, code) => {
    expect(tmuxFailure("capture-pane", failed(complaint))).toMatchObject({
      code,
      details: { tmux_command: "capture-pane" },
    });
  });

  it("names the command and the complaint when there is no better word", () => {
    expect(tmuxFailure("capture-pane", failed("strange")).message).toBe("tmux capture-pane failed: strange");
    expect(tmuxFailure("capture-pane", failed("")).message).toBe("tmux capture-pane failed: exit code 1");
  });

  it("explains what to grant when the host denies tmux", () => {
    const error = tmuxFailure("list-panes", failed("Operation not permitted"));
    expect(error.message).toContain("sandbox");
    expect(error.hint).toContain("Privacy & Security");
  });
});
