import { stat } from "node:fs/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import { isVariableName, withheldVariables } from "../environment.ts";
import { findExecutable } from "../processes/executables.ts";
import type { TmuxClient } from "./client.ts";
import { configurationLine } from "./quote.ts";
import type { StartedPane, StartSessionRequest } from "./types.ts";

/** The system refuses a longer argument (Linux: 128 KiB with its end mark). */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1;
const SIZE_LIMIT = 10_000;

/**
 * Throws `invalid_input` for a name that tmux would change or would read as something else than a name: colons and dots
 * separate parts of a target, `$` begins a session id.
 */
export function assertSessionName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (name !== "" && name.length <= 200 && !/[:.\u0000-\u001f\u007f]/.test(name) && !name.startsWith("$")) return;
  throw new ConveyorError("invalid_input", `not a name for a tmux session: ${JSON.stringify(name)}`, {
    hint: "use letters, digits, dash and underscore",
    details: { session: name },
  });
}

/** See `Tmux.start`. */
export async function startSession(client: TmuxClient, request: StartSessionRequest): Promise<StartedPane> {
  const { session, cwd, argv, env = {}, width = 200, height = 50 } = request;
  await assertStartable(client, request);
  const withheld = (await inheritedVariables(client)).filter((name) => env[name] === undefined);
  const program = [...withheld.flatMap((name) => ["-u", name]), ...argv];
  const settings = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : ["-e", `${name}=${value}`],
  );
  const words = [
    ...["new-session", "-d", "-P", "-F", "#{pane_id}:#{pane_pid}:#{socket_path}"],
    ...["-s", session, "-c", cwd, "-x", String(width), "-y", String(height)],
    ...settings,
    // With `env` before it the program is never tmux's only argument, which tmux would hand to a shell.
    ...["--", "env", ...program],
  ];
  // Through stdin, because tmux refuses a command line of more than about 16 KB, and because a prompt or a token in the
  // arguments of the tmux client could be read by anybody on the machine.
  const output = await client.run([["start-server"], ["source-file", "-"]], {
    input: configurationLine(words),
  });
  const [, pane_id, pid, socket_path] = /^(%\d+):(\d+):(.+)$/m.exec(output) ?? [];
  if (pane_id === undefined || socket_path === undefined) {
    throw new ConveyorError("side_effect_failed", `tmux did not say which pane it started for ${session}`, {
      details: { session },
    });
  }
  return { session, pane_id, pid: Number(pid), socket_path };
}

async function assertStartable(client: TmuxClient, request: StartSessionRequest): Promise<void> {
  const { session, cwd, argv, env = {}, width = 200, height = 50 } = request;
  assertSessionName(session);
  if (!(await stat(cwd).catch(() => undefined))?.isDirectory()) {
    // tmux would silently start in the home folder instead.
    throw new ConveyorError("invalid_input", `not a directory: ${cwd}`, { details: { cwd } });
  }
  const [program] = argv;
  if (!program || program.includes("=") || program.startsWith("-")) {
    throw new ConveyorError("invalid_input", `not a program: ${JSON.stringify(program ?? "")}`, {
      details: { session },
    });
  }
  if ((await findExecutable(program, env["PATH"] ?? client.env["PATH"], cwd)) === null) {
    throw new ConveyorError("tool_missing", `${program} is not installed or not on PATH`, {
      hint: `install ${program}, or add its folder to PATH`,
      details: { program },
    });
  }
  const unusable = Object.keys(env).find((name) => !isVariableName(name));
  if (unusable !== undefined) {
    throw new ConveyorError("invalid_input", `not a name for an environment variable: ${JSON.stringify(unusable)}`);
  }
  const words = [...argv, ...Object.values(env).map((value) => value ?? "")];
  if (words.some((word) => word.includes("\0") || Buffer.byteLength(word) > MAX_ARGUMENT_BYTES)) {
    throw new ConveyorError("invalid_input", `an argument for ${program} contains NUL or is longer than 128 KiB`, {
      hint: "put a long prompt into a file and pass its path",
      details: { session },
    });
  }
  if (![width, height].every((size) => Number.isInteger(size) && size > 0 && size <= SIZE_LIMIT)) {
    throw new ConveyorError("invalid_input", `not a terminal size: ${width}x${height}`, { details: { width, height } });
  }
}

/**
 * Variables that a new pane would inherit and its program must not have: an existing server keeps the environment that it
 * was started with, which may be another agent's; what the client brings along goes into the session's.
 */
async function inheritedVariables(client: TmuxClient): Promise<string[]> {
  const ofServer = await client.run([["show-environment", "-g"]]).catch((thrown: unknown) => {
    if (thrown instanceof ConveyorError && thrown.code === "tmux_no_server") return "";
    throw thrown;
  });
  const names = new Set([
    ...Object.keys(client.env),
    ...ofServer.split("\n").map((line) => line.split("=", 1)[0] ?? ""),
  ]);
  // tmux itself tells the program of a pane where it is.
  return withheldVariables(names, "agent").filter((name) => name !== "TMUX" && name !== "TMUX_PANE");
}
