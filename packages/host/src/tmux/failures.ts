import { ConveyorError } from "@conveyor/contracts/errors";
import type { RefusalCode } from "@conveyor/contracts/refusals";
import { type ExecResult, isHostDenial } from "../exec.ts";

interface FailureRow {
  code: RefusalCode;
  complaint: RegExp;
  message: string;
  hint?: string;
}

const DENIED_HINT =
  "retry from a terminal that may use pseudo-terminals (outside the sandbox); on macOS grant the terminal app access " +
  "under Privacy & Security, then restart the terminal and the tmux server";

/** What tmux complains about on stderr, and what that means. The first row that matches wins. */
const FAILURES: readonly FailureRow[] = [
  {
    code: "tmux_no_server",
    complaint:
      /no server running|error connecting to .*\((no such file or directory|connection refused)\)|server exited|lost server/i,
    message: "no tmux server is running",
    hint: "start the session again",
  },
  {
    code: "tmux_session_missing",
    complaint: /can't find session|session not found|no such session|no sessions/i,
    message: "the tmux session is not running",
    hint: "`tmux list-sessions` shows what runs",
  },
  {
    code: "tmux_pane_missing",
    complaint: /can't find (pane|window)|no such (pane|window)/i,
    message: "the tmux pane is gone",
    hint: "`tmux list-panes -a` shows what there is",
  },
  { code: "conflict", complaint: /duplicate session/i, message: "a tmux session of that name already runs" },
];

/** The error for a tmux call that ended with an exit code other than 0 (spec 02 §6). `command` is tmux's own command name. */
export function tmuxFailure(command: string, result: ExecResult): ConveyorError {
  const complaint = result.stderr.trim() || result.stdout.trim();
  if (isHostDenial(complaint)) return tmuxDenied(command, complaint);
  const row = FAILURES.find((candidate) => candidate.complaint.test(complaint));
  const details = { tmux_command: command };
  if (row) return new ConveyorError(row.code, `${row.message} (${complaint})`, { hint: row.hint, details });
  const why = complaint || (result.exit_signal ? `ended by ${result.exit_signal}` : `exit code ${result.exit_code}`);
  return new ConveyorError("side_effect_failed", `tmux ${command} failed: ${why}`, { details });
}

/** The error for a tmux call that could not run to its end: tmux's own words for time-out, missing program, denial. */
export function tmuxNotRun(command: string, thrown: unknown): unknown {
  if (!(thrown instanceof ConveyorError)) return thrown;
  const details: Record<string, unknown> = { ...thrown.details, tmux_command: command };
  switch (thrown.code) {
    case "timeout":
      return new ConveyorError("tmux_timeout", `tmux ${command} did not answer within ${details["time_limit_ms"]} ms`, {
        hint: "the tmux server hangs or is overloaded; try `tmux list-sessions` by hand",
        details,
        cause: thrown,
      });
    case "tool_missing":
      return new ConveyorError("tool_missing", "tmux is not installed or not on PATH", {
        hint: "install tmux 3.2 or newer, or add its folder to PATH",
        details,
        cause: thrown,
      });
    case "host_denied":
      return tmuxDenied(command, thrown.message, thrown);
    default:
      return thrown;
  }
}

function tmuxDenied(command: string, complaint: string, cause?: unknown): ConveyorError {
  return new ConveyorError("host_denied", `the operating system or a sandbox denies access to tmux: ${complaint}`, {
    hint: DENIED_HINT,
    details: { tmux_command: command },
    cause,
  });
}
