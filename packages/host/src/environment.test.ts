import { describe, expect, it } from "vitest";
import { environmentFor, isVariableName, withheldVariables } from "./environment.ts";

/** What an agent needs, or a person gave it on purpose. */
const NEEDED = [
  ...["PATH", "HOME", "LANG", "TERM", "SHELL", "SSH_AUTH_SOCK", "HTTPS_PROXY", "OPENAI_API_KEY", "PNPM_HOME"],
  ...["CODEX_HOME", "CODEX_CA_CERTIFICATE", "CONVEYOR_STATE_ROOT", "WORKERCTL_STATE_ROOT", "CONVEYOR_TERMINAL"],
  "CONVEYOR_DURABLE",
  ...["MY_npm_x", "CODEX_CITY", "XTMUX", "TMUX_TMPDIR", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"],
];

/** What belongs to our caller. */
const FOREIGN = [
  ...["CONVEYOR_TOKEN", "CONVEYOR_SERVER", "CONVEYOR_SESSION", "CONVEYOR_ABORT_AT", "WORKERCTL_TOKEN"],
  ...["CODEX_THREAD_ID", "CODEX_SESSION_ID", "CODEX_TOOL_CALL_ID", "CODEX_CI"],
  ...["CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", "CODEX_INTERNAL_ORIGINATOR_OVERRIDE"],
  ...["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "GEMINI_CLI", "OPENCODE", "TMUX_PANE"],
  ...["npm_config_x", "npm_lifecycle_event", "NPM_TOKEN", "PNPM_SCRIPT_SRC_DIR", "INIT_CWD"],
  ...["NODE_CHANNEL_FD", "NODE_UNIQUE_ID"],
];

describe("environment", () => {
  it.each(["agent", "window", "dispatcher", "tmux"] as const)(
    "keeps from a started %s what belongs to its caller",
    (audience) => {
      const env = Object.fromEntries([...NEEDED, ...FOREIGN].map((name) => [name, "x"]));
      expect(Object.keys(environmentFor(env, audience))).toEqual(NEEDED);
      expect(withheldVariables(FOREIGN, audience)).toEqual(FOREIGN);
    },
  );

  it("lets our own processes, but no agent, find the tmux server that we are in", () => {
    const env = { TMUX: "/tmp/tmux-0/default,1,0" };
    expect(environmentFor(env, "tmux")).toEqual(env);
    expect(environmentFor(env, "dispatcher")).toEqual(env);
    expect(environmentFor(env, "agent")).toEqual({});
    expect(environmentFor(env, "window")).toEqual({});
  });

  it.each([
    ["PATH", true],
    ["_x1", true],
    ["1x", false],
    ["A=B", false],
    ["", false],
    ["a b", false],
  ])("says whether %j is a variable name", (name, expected) => expect(isVariableName(name)).toBe(expected));
});
