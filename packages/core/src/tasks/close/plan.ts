import type { DecisionValidation, FinalAudits, Role, SessionIdentity, TranscriptMode } from "@conveyor/contracts";
import type { CommandIdentity } from "../../shared/immediate-command.ts";
import type { Parties } from "../../shared/party.ts";
import type { GateFlags } from "./gates.ts";
import type { FinishSubject } from "./proof.ts";

export type ClosingCommand = "finish_task" | "stop_task";

/** What a closing command is asked to do, whichever it is. */
export interface ClosePlan {
  command: ClosingCommand;
  task: string;
  reason: string;
  stop: Readonly<Record<Role, boolean>>;
  /** Typed into the worker's terminal before it ends. */
  message: string | undefined;
  decision_id: number | null;
  gates: GateFlags;
  /** The files that its checks are judged by. */
  proof: FinishSubject;
  /** Null: nothing is captured. */
  capture: { lines: number; mode: TranscriptMode; required: boolean } | null;
  /** Whether the given flags ask for something that makes sense after the task was finished. */
  asks_for_cleanup: boolean;
}

interface Profile {
  finish: boolean;
  /** Whether it is a verdict on the work: audited, and recorded as the manager's last decision. */
  is_verdict: boolean;
  run_status: "finished" | "abandoned";
  /** In sentences. */
  done: "finished" | "stopped";
}

/** How the closing commands differ (spec 01 §6.14, §6.15). */
export const PROFILES: Readonly<Record<ClosingCommand, Profile>> = {
  finish_task: { finish: true, is_verdict: true, run_status: "finished", done: "finished" },
  stop_task: { finish: false, is_verdict: false, run_status: "abandoned", done: "stopped" },
};

/** What was committed before anything outside the ledger is touched. */
export interface Intent {
  task: { id: string; name: string; state: string };
  command: CommandIdentity;
  /** Cleaning up after a task that was closed before. */
  followup: boolean;
  binding_id: string | null;
  parties: Parties;
  /** Null for a command that is no verdict. */
  audits: FinalAudits | null;
  decision: DecisionValidation;
  final_decision_id: number | null;
  final_observation_id: number | null;
}

/** What happened outside the ledger so far. */
export interface Effects {
  identities: Record<Role, SessionIdentity | null>;
  killed: Set<Role>;
  /** Asked to stop and not running any more: killed, or gone before. */
  ended: Set<Role>;
  /** Entries of the answer, without text. */
  captures: unknown[];
  warnings: string[];
}

export const ROLES = ["worker", "manager"] as const satisfies readonly Role[];
