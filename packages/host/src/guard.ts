import type { Processes } from "./processes/index.ts";
import type { Tmux } from "./tmux/index.ts";

/**
 * Which calls only look and which act on what runs. Written out for every call, so that a new one is a decision: what acts
 * is refused while the ledger is not this host's (spec 00, ruling 9).
 */
const TMUX: Readonly<Record<keyof Tmux, "looks" | "acts">> = {
  version: "looks",
  sessionExists: "looks",
  listPanes: "looks",
  paneOf: "looks",
  panePid: "looks",
  title: "looks",
  capture: "looks",
  captureRaw: "looks",
  screen: "looks",
  prove: "looks",
  socketPath: "looks",
  currentSession: "looks",
  history: "looks",
  attach: "looks",
  holdKeyboard: "acts",
  start: "acts",
  kill: "acts",
  sendKey: "acts",
  submit: "acts",
  pasteText: "acts",
  pushText: "acts",
};

const PROCESSES: Readonly<Record<keyof Processes, "looks" | "acts">> = {
  isAlive: "looks",
  startTime: "looks",
  descendants: "looks",
  tree: "looks",
  openFiles: "looks",
  holdersOf: "looks",
  workingDirectory: "looks",
  findExecutable: "looks",
  signal: "acts",
};

/** The same tmux, whose acting calls first ask whether they may. */
export const guardedTmux = (tmux: Tmux, mayAct: () => Promise<void>): Tmux => guarded(tmux, TMUX, mayAct);

/** The same processes, whose acting calls first ask whether they may. */
export const guardedProcesses = (processes: Processes, mayAct: () => Promise<void>): Processes =>
  guarded(processes, PROCESSES, mayAct);

function guarded<T extends object>(
  whole: T,
  kinds: Readonly<Record<keyof T, "looks" | "acts">>,
  mayAct: () => Promise<void>,
): T {
  const result = { ...whole };
  for (const name of Object.keys(kinds) as (keyof T)[]) {
    if (kinds[name] === "looks") continue;
    const act = whole[name] as (...args: unknown[]) => Promise<unknown>;
    result[name] = (async (...args: unknown[]) => {
      await mayAct();
      return act.apply(whole, args);
    }) as T[keyof T];
  }
  return result;
}
