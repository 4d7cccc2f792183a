import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Env } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

/**
 * What a started agent must know whatever the tmux server's own environment says, which may be years old: where programs
 * are, whose Codex home it is, and which ledger its commands mean (spec 01 §5.3 step 3).
 */
export function agentEnvironment({ host, settings }: HostCtx): Env {
  const { PATH, CODEX_HOME, CONVEYOR_STATE_ROOT, WORKERCTL_STATE_ROOT, XDG_STATE_HOME } = host.env;
  // Codex refuses a home that is named and does not exist, but makes the one it would choose itself.
  const isNamed = (CODEX_HOME ?? "") !== "" || existsSync(settings.codex_home);
  const isStandardLedger = basename(settings.ledger_path) === "workerctl.db";
  return {
    PATH,
    // Where this host's id is kept: an agent that had another would take its own ledger for a foreign one.
    XDG_STATE_HOME,
    CODEX_HOME: isNamed ? settings.codex_home : undefined,
    CONVEYOR_STATE_ROOT: isStandardLedger ? settings.state_root : CONVEYOR_STATE_ROOT,
    WORKERCTL_STATE_ROOT: isStandardLedger ? undefined : WORKERCTL_STATE_ROOT,
  };
}
