import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { ageSeconds, isStale, judgeHealth } from "./health.ts";
import { lookAtWorker, type WorkerLook } from "./look.ts";
import { agentOfWorker, filesOf, findWorker, paneOfWorker, type WorkerSubject } from "./subject.ts";

/** What a worker reports and what its terminal shows (spec 02 §8.7). Throws `not_found`; never fails because of tmux. */
export async function status(ctx: Ctx, input: Input<"workers.status">): Promise<Output<"workers.status">> {
  const subject = await findWorker(ctx, input.name);
  const look = await lookAtWorker(ctx, subject, { lines: input.lines, terminal: input.no_refresh ? "skip" : "store" });
  return {
    ...reportOf(subject, look),
    ...startupOf(ctx, subject, look),
    terminal_captured_at: look.capture?.captured_at ?? null,
    terminal_capture_error: look.capture_error,
    warnings: look.warnings,
  };
}

/** The verdict on a worker (spec 02 §8.8). Throws `not_found`; never fails because of tmux. */
export async function idleCheck(ctx: Ctx, input: Input<"workers.idleCheck">): Promise<Output<"workers.idleCheck">> {
  const { busy_wait_seconds, status_stale_seconds, terminal_stale_seconds } = input;
  const subject = await findWorker(ctx, input.name);
  const look = await lookAtWorker(ctx, subject, { lines: input.lines, terminal: input.no_refresh ? "read" : "store" });
  const now = ctx.host.clock.now();
  const status_age_seconds = ageSeconds(look.signed_at, now);
  const terminal_age_seconds = ageSeconds(look.capture?.changed_at ?? null, now);
  const { classifier } = agentOfWorker(ctx, subject).pane.classify({
    ...(look.screen ?? { text: lastTranscript(ctx, subject) }),
    status_age_seconds,
    busy_wait_seconds,
    recent_event_count: look.recent_event_count,
  });
  const verdict = judgeHealth({
    terminal: look.terminal,
    state: look.status.state,
    blocker: look.status.blocker,
    capture_error: look.capture_error,
    busy_wait: classifier,
    status_age_seconds,
    status_stale_seconds,
    terminal_age_seconds,
    terminal_stale_seconds,
    activity: look.activity,
  });
  return {
    ...reportOf(subject, look),
    ...verdict,
    busy_wait_pattern: classifier?.pattern ?? null,
    busy_wait_seconds,
    capture_error: look.capture_error,
    status_age_seconds,
    status_stale_seconds,
    terminal_age_seconds,
    terminal_fresh: look.capture_error === null && !isStale(terminal_age_seconds, terminal_stale_seconds),
    terminal_stale_seconds,
    warnings: look.warnings,
  };
}

/** What the terminal showed when it could last be read. */
function lastTranscript(ctx: Ctx, subject: WorkerSubject): string {
  return filesOf(ctx, subject).readText("transcript.txt").value ?? "";
}

function reportOf(subject: WorkerSubject, look: WorkerLook) {
  const { state, current_task, next_action, blocker, last_update } = look.status;
  return {
    name: subject.name,
    kind: subject.kind,
    running: look.terminal === "running",
    terminal: look.terminal,
    state,
    activity: look.activity,
    current_task,
    next_action,
    blocker,
    status_last_update: last_update,
    terminal_changed_at: look.capture?.changed_at ?? null,
    tmux_session: paneOfWorker(subject)?.session ?? null,
  };
}

const STARTUP_STATES = ["starting", "needs_trust", "ready", "working", "error", "exited"] as const;

/** How the start went: as noted for a worker folder, as its screen shows for a session. */
function startupOf(ctx: Ctx, subject: WorkerSubject, look: WorkerLook) {
  if (subject.kind === "folder") {
    const { startup, startup_reason, startup_recommended_action } = subject.config;
    const known = STARTUP_STATES.find((one) => one === startup) ?? null;
    return { startup: known, startup_reason, startup_recommended_action };
  }
  if (look.screen === null) return { startup: null, startup_reason: null, startup_recommended_action: null };
  const { startup } = agentOfWorker(ctx, subject).pane.classify({
    ...look.screen,
    status_age_seconds: null,
    busy_wait_seconds: 0,
  });
  return { startup: startup.state, startup_reason: startup.reason, startup_recommended_action: "none" };
}
