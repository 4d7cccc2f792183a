import type { Env } from "@conveyor/contracts/env";

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether `name` can be an environment variable that shells and tmux accept. */
export function isVariableName(name: string): boolean {
  return VARIABLE_NAME.test(name);
}

/**
 * Who is started: an agent or shell in a terminal of tmux; a window that shows such a terminal; a process of our own that
 * outlives its starter (Dispatch); the tmux client, from which a tmux server that it starts takes the environment of all
 * panes to come.
 */
export type Audience = "agent" | "window" | "dispatcher" | "tmux";

interface Withheld {
  names: RegExp;
  from: readonly Audience[];
  /** For a reader of this table. */
  because: string;
}

const EVERYBODY = ["agent", "window", "dispatcher", "tmux"] as const;

/** What nobody inherits from our caller, row by row (spec 01 §5.3 step 3, 08 §8.14.4). */
const WITHHELD: readonly Withheld[] = [
  {
    names: /^(CONVEYOR|WORKERCTL)_(?!(STATE_ROOT|TERMINAL|CLI_PROG|DEBUG|DURABLE)$)/,
    from: EVERYBODY,
    because: "the operator's token and server, and switches that were meant for this very call",
  },
  {
    names: /^CODEX_(THREAD_ID|SESSION_ID|TOOL_CALL_ID|CI)$|^CODEX_(SANDBOX|INTERNAL)/,
    from: EVERYBODY,
    because: "the identity and the sandbox of the Codex session that called us",
  },
  {
    names: /^CLAUDECODE$|^CLAUDE_|^GEMINI_CLI$|^OPENCODE(_|$)/,
    from: EVERYBODY,
    because: "the identity of another kind of agent that called us",
  },
  { names: /^TMUX_PANE$/, from: EVERYBODY, because: "the terminal that called us; tmux tells each pane its own" },
  {
    names: /^TMUX$/,
    from: ["agent", "window"],
    because: "the same; our own processes and the tmux client find their tmux server by it",
  },
  {
    names: /^(npm_|NPM_)|^(PNPM_SCRIPT_SRC_DIR|INIT_CWD|PROJECT_CWD|BERRY_BIN_FOLDER)$/,
    from: EVERYBODY,
    because: "left behind by a package manager that ran us; it redirects the agent's own calls to our project",
  },
  {
    names: /^NODE_(CHANNEL_FD|CHANNEL_SERIALIZATION_MODE|UNIQUE_ID|V8_COVERAGE)$/,
    from: EVERYBODY,
    because: "pipes and files of the Node process that ran us",
  },
];

/** Those of `names` that a started program must not get. */
export function withheldVariables(names: Iterable<string>, audience: Audience): string[] {
  const rules = WITHHELD.filter(({ from }) => from.includes(audience));
  return [...names].filter((name) => rules.some((rule) => rule.names.test(name)));
}

/** A copy of `env` with only what a started program may have. */
export function environmentFor(env: Env, audience: Audience): Env {
  const withheld = new Set(withheldVariables(Object.keys(env), audience));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.has(name)));
}
