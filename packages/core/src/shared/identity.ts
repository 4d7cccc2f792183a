import type { SessionIdentity } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { AgentRecords } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import type { Party } from "./party.ts";
import { workerConfig } from "./worker-folder.ts";

/**
 * Differences that mean that somebody else stands where the recorded session ought to: another pane, another rollout,
 * another folder. All others only mean that there is nothing to stop, or less to recognise it by (spec 01 §6.14).
 */
const SOMEBODY_ELSE: ReadonlySet<string> = new Set([
  "tmux_pane_mismatch",
  "manager_pane_mismatch",
  "codex_session_path_invalid",
  "codex_session_id_mismatch",
  "config_identity_token_missing",
  "identity_token_mismatch",
  "tmux_session_mismatch",
  "config_pane_mismatch",
]);

/** Whether stopping what runs there would stop something other than what was recorded. */
export function isSomebodyElse(identity: SessionIdentity): boolean {
  return identity.live && identity.mismatches.some((name) => SOMEBODY_ELSE.has(name));
}

/**
 * What a session looks like now, compared with what was recorded of it (spec 01 §6.14 step c). Changes nothing; throws
 * what tmux throws when it may not be asked.
 */
export async function identify(ctx: HostCtx, party: Party): Promise<SessionIdentity> {
  const terminal = await identifyTerminal(ctx, party);
  const own = party.kind === "session" ? await sessionMismatches(ctx, party) : folderMismatches(ctx, party);
  return { ...terminal, mismatches: [...terminal.mismatches, ...own] };
}

/** The same for the terminal alone, which is all that a capture depends on (spec 02 §8.11). */
export async function identifyTerminal({ host }: HostCtx, party: Party): Promise<SessionIdentity> {
  const { tmux_session, tmux_pane_id } = party;
  const panes = tmux_session === null ? [] : await host.tmux.listPanes();
  const own = panes.filter((pane) => pane.session === tmux_session);
  const live = own.length > 0;
  const recorded = own.find((pane) => pane.pane_id === tmux_pane_id);
  const isManagerRecord = party.kind === "folder_manager";
  return {
    session: party.name,
    role: party.role,
    state: party.state,
    pid: party.pid,
    db_session: tmux_session,
    db_pane_id: tmux_pane_id,
    live,
    live_pane_id: (recorded ?? own.find((pane) => pane.active) ?? own[0])?.pane_id ?? null,
    delivery_mode: tmux_session === null ? "pull_required" : "push",
    mismatches: [
      party.kind === "session" && party.state !== "active" && `session_state_${party.state}`,
      tmux_session !== null && !live && (isManagerRecord ? "manager_session_missing" : "tmux_session_missing"),
      live &&
        tmux_pane_id !== null &&
        recorded === undefined &&
        (isManagerRecord ? "manager_pane_mismatch" : "tmux_pane_mismatch"),
    ].filter((name) => name !== false),
  };
}

async function sessionMismatches(ctx: HostCtx, party: Party): Promise<string[]> {
  const nothing = party.pid === null && party.tmux_pane_id === null && party.thread_id === null;
  const process = await processMismatch(ctx, party);
  const { records } = ctx.agents.of(party.agent_kind);
  const rollout = records === null ? null : rolloutMismatch(records, party);
  const held = process === null && rollout === null && records !== null && (await holdsAnother(ctx, records, party));
  return [nothing && "session_identity_missing", process, rollout, held && "codex_session_pid_mismatch"].filter(
    (name): name is string => typeof name === "string",
  );
}

async function processMismatch({ host }: HostCtx, { pid, pid_started_at, liveness }: Party): Promise<string | null> {
  if (pid === null) return liveness === "pid" ? "session_pid_missing" : null;
  if (!Number.isInteger(pid) || pid < 1) return "session_pid_invalid";
  return (await host.processes.isAlive(pid, pid_started_at)) ? null : "session_pid_dead";
}

/** The rollout may have been moved or compressed by the agent itself; only one that is nowhere, or is none, is wrong. */
function rolloutMismatch(records: AgentRecords, { record_path: path, thread_id }: Party): string | null {
  if (path === null) return null;
  try {
    const meta = records.meta(path);
    return thread_id === null || meta.thread_id === thread_id ? null : "codex_session_id_mismatch";
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError)) throw thrown;
    return thrown.details["reason"] === "rollout_missing" && isElsewhere(records, path, thread_id)
      ? null
      : "codex_session_path_invalid";
  }
}

function isElsewhere(records: AgentRecords, path: string, thread_id: string | null): boolean {
  const unread = { device: null, inode: null, offset: 0, last_line_offset: null, last_line_sha256: null };
  const seen = records.observe({ path, thread_id, ...unread });
  return seen.compressed_path !== null || seen.archived !== null || seen.newest_of_thread !== null;
}

/** Whether the process has rollouts open, and none of them is the recorded one. A background server may hold it instead. */
async function holdsAnother(
  { host }: HostCtx,
  { isCandidate }: AgentRecords,
  { pid, record_path }: Party,
): Promise<boolean> {
  if (pid === null || record_path === null) return false;
  const tree = [pid, ...(await host.processes.descendants(pid))];
  const files = await Promise.all(tree.map((one) => host.processes.openFiles(one)));
  const open = files.flat().filter(isCandidate);
  return open.length > 0 && !open.includes(record_path);
}

function folderMismatches(ctx: HostCtx, party: Party): string[] {
  if (party.kind !== "folder_worker") return [];
  const config = workerConfig(ctx.settings.state_root, party.name) ?? {};
  const { identity_token, tmux_session, tmux_pane_id } = config;
  return [
    typeof identity_token !== "string" && "config_identity_token_missing",
    typeof identity_token === "string" && identity_token !== party.identity_token && "identity_token_mismatch",
    typeof tmux_session === "string" && tmux_session !== party.tmux_session && "tmux_session_mismatch",
    typeof tmux_pane_id === "string" &&
      party.tmux_pane_id !== null &&
      tmux_pane_id !== party.tmux_pane_id &&
      "config_pane_mismatch",
  ].filter((name) => name !== false);
}
