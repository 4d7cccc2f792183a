import { hostname } from "node:os";
import { type Clock, systemClock } from "./clock.ts";
import type { Env } from "./environment.ts";
import { type Ids, randomIds } from "./ids.ts";
import { createProcesses, type Processes } from "./processes/index.ts";
import { createTmux, type Tmux, type TmuxOptions } from "./tmux/index.ts";

export { realPath } from "@conveyor/files";
export * from "./agents/index.ts";
export { type Clock, type FixedClock, fixedClock, systemClock } from "./clock.ts";
export { type DetachedProcess, type DetachedRequest, startDetached } from "./detached.ts";
export { type Audience, type Env, environmentFor, isVariableName } from "./environment.ts";
export { type ExecOptions, type ExecResult, exec, execChecked, isHostDenial } from "./exec.ts";
export { countingIds, type IdPrefix, type Ids, randomIds } from "./ids.ts";
export { launchWindow } from "./launchers/launch.ts";
export { macPreview, type TerminalChoice, type TerminalLauncher, terminalLauncher } from "./launchers/terminals.ts";
export { agentIn, type ExpectedAgent, type ProcessMark } from "./processes/agent-proof.ts";
export { createProcesses, type Processes, type ProcessesOptions } from "./processes/index.ts";
export * from "./rollouts/index.ts";
export * from "./tmux/index.ts";

/** This machine, as core sees it: everything that is neither database nor decision. */
export interface Host {
  tmux: Tmux;
  processes: Processes;
  clock: Clock;
  ids: Ids;
  env: Env;
  hostname: string;
}

export interface HostOptions {
  tmux?: TmuxOptions | undefined;
  /** Default: the environment of this process. */
  env?: Env | undefined;
  clock?: Clock | undefined;
  ids?: Ids | undefined;
}

/**
 * The real machine. `clock` and `ids` may be replaced for tests; tmux keeps the real clock even then, because the
 * programs in its panes do not wait for a test to advance the time.
 */
export function createHost(options: HostOptions = {}): Host {
  const env = options.env ?? process.env;
  const processes = createProcesses({ env });
  return {
    tmux: createTmux({ env, processes, ...options.tmux }),
    processes,
    clock: options.clock ?? systemClock(),
    ids: options.ids ?? randomIds(),
    env,
    hostname: hostname(),
  };
}
