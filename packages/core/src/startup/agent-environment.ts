import { basename } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import type { StartableAgent } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

/**
 * What a started agent must know whatever the tmux server's own environment says, which may be years old: where programs
 * are, where it is at home, and which ledger its commands mean (spec 01 §5.3 step 3).
 */
export function agentEnvironment({ host, settings }: HostCtx, { launch }: StartableAgent): Env {
  const { PATH, CONVEYOR_STATE_ROOT, WORKERCTL_STATE_ROOT, XDG_STATE_HOME } = host.env;
  const isStandardLedger = basename(settings.ledger_path) === "workerctl.db";
  return {
    PATH,
    // Where this host's id is kept: an agent that had another would take its own ledger for a foreign one.
    XDG_STATE_HOME,
    ...launch.environment(host.env),
    CONVEYOR_STATE_ROOT: isStandardLedger ? settings.state_root : CONVEYOR_STATE_ROOT,
    WORKERCTL_STATE_ROOT: isStandardLedger ? undefined : WORKERCTL_STATE_ROOT,
  };
}
