import { hostname } from "node:os";
import type { Env } from "@conveyor/contracts/env";
import { type Clock, systemClock } from "./clock.ts";
import { guardedProcesses, guardedTmux } from "./guard.ts";
import { type HostIdentity, readHostIdentity } from "./host-id.ts";
import { type Ids, randomIds } from "./ids.ts";
import { createProcesses, type Processes } from "./processes/index.ts";
import { createTmux, type Tmux, type TmuxOptions } from "./tmux/index.ts";

export { realPath } from "@conveyor/files";
export * from "./agents/index.ts";
export * from "./browser/index.ts";
export { type Clock, type FixedClock, fixedClock, systemClock } from "./clock.ts";
export { type DetachedProcess, type DetachedRequest, startDetached } from "./detached.ts";
export { type Audience, environmentFor, isVariableName } from "./environment.ts";
export { type ExecOptions, type ExecResult, exec, execChecked, isHostDenial } from "./exec.ts";
export { type FileFingerprint, fileFingerprint } from "./fingerprint.ts";
export { type Git, gitIn, ownFiltersOff } from "./git.ts";
export { isGitTracked } from "./git-tracked.ts";
export { type HostIdentity, stateFolder } from "./host-id.ts";
export { countingIds, type IdPrefix, type Ids, randomIds } from "./ids.ts";
export { launchWindow } from "./launchers/launch.ts";
export { macPreview, type TerminalChoice, type TerminalLauncher, terminalLauncher } from "./launchers/terminals.ts";
export * from "./pictures/index.ts";
export { agentIn, type ExpectedAgent, type ProcessMark } from "./processes/agent-proof.ts";
export { createProcesses, type Processes, type ProcessesOptions } from "./processes/index.ts";
export { lookAtProjectFile, type ProjectFile } from "./project-file.ts";
export { publicReceiptKey, type ReceiptKey, type ReceiptKeys, receiptKeys, rotateReceiptKey } from "./receipt-keys.ts";
export * from "./records/index.ts";
export * from "./runner/index.ts";
export * from "./tmux/index.ts";
export * from "./trees/index.ts";
export * from "./turns/index.ts";
export { type Posting, post } from "./webhook.ts";

/** This machine, as core sees it: everything that is neither database nor decision. */
export interface Host {
  tmux: Tmux;
  processes: Processes;
  clock: Clock;
  ids: Ids;
  env: Env;
  /** The name of this machine, for people: it changes, and others have the same. */
  hostname: string;
  /** What tells this host, an account on a machine, apart from all others; made when it is first asked for. */
  readonly host_id: string;
  /** Where that id is kept, or why it is not. */
  readonly identity: HostIdentity;
  /**
   * Resolves when this host may act on what the ledger says; called by itself before anything is typed, started or ended in
   * tmux and before a process is signalled, and to be called before any other program is run on a ledger's behalf. Throws
   * `foreign_ledger` (spec 00, ruling 9).
   */
  mayAct(): Promise<void>;
}

export interface HostOptions {
  tmux?: TmuxOptions | undefined;
  /** Default: the environment of this process. */
  env?: Env | undefined;
  clock?: Clock | undefined;
  ids?: Ids | undefined;
  /** Throws when this host may not act on what the ledger says. Default: it may. */
  mayAct?: (() => Promise<void>) | undefined;
}

/**
 * The real machine. `clock` and `ids` may be replaced for tests; tmux keeps the real clock even then, because the
 * programs in its panes do not wait for a test to advance the time.
 */
export function createHost(options: HostOptions = {}): Host {
  const env = options.env ?? process.env;
  const mayAct = options.mayAct ?? (async () => {});
  let identity: HostIdentity | undefined;
  const known = () => (identity ??= readHostIdentity({ env }));
  const processes = createProcesses({ env });
  return {
    tmux: guardedTmux(createTmux({ env, processes, ...options.tmux }), mayAct),
    processes: guardedProcesses(processes, mayAct),
    clock: options.clock ?? systemClock(),
    ids: options.ids ?? randomIds(),
    env,
    hostname: hostname(),
    get identity() {
      return known();
    },
    get host_id() {
      return known().host_id;
    },
    mayAct,
  };
}
