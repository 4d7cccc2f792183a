import type { WorkerState } from "@conveyor/contracts";
import { WORKER_STATES } from "@conveyor/contracts/workers/words";
import { tmuxSessionOfFolder } from "../shared/terminal-name.ts";
import type { WorkerFolder } from "../shared/worker-files.ts";

/** What config.json says of a worker, with what is missing filled in where it can be known. */
export interface WorkerConfig {
  tmux_session: string;
  tmux_pane_id: string | null;
  cwd: string;
  identity_token: string | null;
  /** As the file has it; checked where it is stored. */
  state: string | null;
  startup: string | null;
  startup_reason: string | null;
  startup_recommended_action: string | null;
  /** The whole object, so that rewriting the file loses nothing that others put there. */
  raw: Record<string, unknown>;
  warnings: string[];
}

/** What a worker said of itself. */
export interface ReportedStatus {
  state: WorkerState;
  current_task: string | null;
  next_action: string | null;
  blocker: string | null;
  last_update: string | null;
}

export const NO_STATUS: ReportedStatus = {
  state: "unknown",
  current_task: null,
  next_action: null,
  blocker: null,
  last_update: null,
};

/** Read a worker's configuration. What is damaged counts as missing, with a warning (spec 02 §9). */
export function readConfig(folder: WorkerFolder): WorkerConfig {
  const { value, warnings } = folder.readJson("config.json");
  const raw = value ?? {};
  return {
    tmux_session: text(raw["tmux_session"]) ?? tmuxSessionOfFolder(folder.name),
    tmux_pane_id: text(raw["tmux_pane_id"]),
    cwd: text(raw["cwd"]) ?? "",
    identity_token: text(raw["identity_token"]),
    state: text(raw["state"]),
    startup: text(raw["startup"]),
    startup_reason: text(raw["startup_reason"]),
    startup_recommended_action: text(raw["startup_recommended_action"]),
    raw,
    warnings,
  };
}

/** Read the status file of a worker; a state that does not exist is `unknown`. */
export function readStatusFile(folder: WorkerFolder): { status: ReportedStatus; warnings: string[] } {
  const { value, warnings } = folder.readJson("status.json");
  return { status: statusOf(value ?? {}), warnings };
}

/** A reported status from an object of any origin. Pure. */
export function statusOf(object: Record<string, unknown>): ReportedStatus {
  return {
    state: stateOf(object["state"]),
    current_task: text(object["current_task"]),
    next_action: text(object["next_action"]),
    blocker: text(object["blocker"]),
    last_update: text(object["last_update"]),
  };
}

/** One of the known states; everything else is `unknown` (spec 02 §8.7). */
export function stateOf(value: unknown): WorkerState {
  return WORKER_STATES.find((state) => state === value) ?? "unknown";
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
