import { parseArgs } from "node:util";

/** Version the scripted agent says it is; its rollouts and screens follow that release of the Codex CLI. */
export const CLI_VERSION = "0.169.0";

/** Text of `--help`: callers look for `--no-daemon` in it before they pass the flag (spec 01 §5.4). */
export const HELP = `Codex CLI (scripted stand-in for tests)

Usage: codex [OPTIONS] [PROMPT]

Arguments:
  [PROMPT]  Optional user prompt to start the session

Options:
  -c, --config <key=value>         Accepted and ignored
  -m, --model <MODEL>              Model name written into the rollout
  -s, --sandbox <SANDBOX_MODE>     read-only, workspace-write or danger-full-access
  -a, --ask-for-approval <POLICY>  untrusted, on-request or never
  -C, --cd <DIR>                   Working directory
      --no-alt-screen              Accepted and ignored
      --no-daemon                  Run in this process (the only way the stand-in runs)
      --no-alt-screen              Accepted and ignored
      --turn-ms <MS>               How long a turn thinks before its first step
      --trust-prompt               Start with the question whether the folder is trusted
      --no-rollout                 Never write a rollout
      --keys-log <FILE>            Append every key received as one JSON line
      --state-file <FILE>          Keep what the program is doing in this file
  -h, --help                       Print help
  -V, --version                    Print version
`;

const FLAGS = /** @type {const} */ ({
  config: { type: "string", short: "c", multiple: true },
  model: { type: "string", short: "m" },
  sandbox: { type: "string", short: "s" },
  "ask-for-approval": { type: "string", short: "a" },
  cd: { type: "string", short: "C" },
  "no-alt-screen": { type: "boolean" },
  "no-daemon": { type: "boolean" },
  "turn-ms": { type: "string" },
  "trust-prompt": { type: "boolean" },
  "no-rollout": { type: "boolean" },
  "keys-log": { type: "string" },
  "state-file": { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
});

/**
 * Read the command line; `SCRIPTED_AGENT_*` variables stand in for the flags that the real program does not know,
 * so that a caller which believes it starts the real program can still be steered. Throws on an unknown flag.
 */
export function readOptions(argv, env, defaultCwd) {
  const { values, positionals } = parseArgs({ args: argv, options: FLAGS, allowPositionals: true });
  const set = (name) => env[name] !== undefined && env[name] !== "" && env[name] !== "0";
  const turnMs = Number(values["turn-ms"] ?? env.SCRIPTED_AGENT_TURN_MS ?? 300);
  if (!Number.isFinite(turnMs) || turnMs < 0) throw new Error("--turn-ms wants a number of milliseconds");
  return {
    help: values.help === true,
    version: values.version === true,
    prompt: positionals.length > 0 ? positionals.join(" ") : undefined,
    cwd: values.cd ?? defaultCwd,
    codex_home: env.CODEX_HOME || `${env.HOME ?? ""}/.codex`,
    model: values.model ?? "scripted",
    sandbox: values.sandbox ?? "workspace-write",
    approval_policy: values["ask-for-approval"] ?? "on-request",
    turn_ms: turnMs,
    trust_prompt: values["trust-prompt"] === true || set("SCRIPTED_AGENT_TRUST_PROMPT"),
    rollout: !(values["no-rollout"] === true || set("SCRIPTED_AGENT_NO_ROLLOUT")),
    keys_log: values["keys-log"] ?? (env.SCRIPTED_AGENT_KEYS_LOG || undefined),
    state_file: values["state-file"] ?? (env.SCRIPTED_AGENT_STATE_FILE || undefined),
  };
}
