import type { Env } from "@conveyor/contracts/env";
import { type Clock, systemClock } from "../clock.ts";
import { environmentFor } from "../environment.ts";
import { exec } from "../exec.ts";
import { tmuxFailure, tmuxNotRun } from "./failures.ts";
import type { TmuxOptions } from "./types.ts";

/** A tmux command with its arguments, without the program and the socket. */
export type TmuxCommand = readonly [name: string, ...args: string[]];

export interface RunOptions {
  input?: string | undefined;
  max_output_bytes?: number | undefined;
}

/** How the rest of this folder speaks to one tmux server. */
export interface TmuxClient {
  readonly clock: Clock;
  readonly env: Env;
  readonly options: TmuxOptions;
  /** Run commands one after the other in one call; the first that fails ends it with its error. Returns stdout. */
  run(commands: readonly [TmuxCommand, ...TmuxCommand[]], options?: RunOptions): Promise<string>;
}

/** tmux takes a `;` at the end of an argument for the end of the command, unless a backslash stands before it. */
function escapeArgument(argument: string): string {
  return argument.endsWith(";") ? `${argument.slice(0, -1)}\\;` : argument;
}

/** The arguments that say which server is meant. `-u`: our output is UTF-8 whatever the locale says. */
function serverArguments(options: TmuxOptions): string[] {
  const args = ["-u"];
  if (options.config_file !== undefined) args.push("-f", options.config_file);
  if (options.socket_path !== undefined) args.push("-S", options.socket_path);
  else if (options.socket_name !== undefined) args.push("-L", options.socket_name);
  return args;
}

export function createClient(options: TmuxOptions): TmuxClient {
  const env = options.env ?? process.env;
  // A server that one of these calls starts hands the environment of the call to every pane to come.
  const own = environmentFor(env, "tmux");
  const prefix = [options.binary ?? "tmux", ...serverArguments(options)];
  return {
    clock: options.clock ?? systemClock(),
    env,
    options,
    async run(commands, runOptions = {}) {
      const name = commands.map(([command]) => command).join(", ");
      const chained = commands.flatMap((command, index) => {
        const escaped = command.map(escapeArgument);
        return index === 0 ? escaped : [";", ...escaped];
      });
      const result = await exec([...prefix, ...chained], {
        env: own,
        input: runOptions.input,
        max_output_bytes: runOptions.max_output_bytes,
        time_limit_ms: options.time_limit_ms,
      }).catch((thrown: unknown) => {
        throw tmuxNotRun(name, thrown);
      });
      if (result.exit_code !== 0) throw tmuxFailure(name, result);
      return result.stdout;
    },
  };
}
