import type { AgentStatus, CycleStatus, IngestReport, Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { combineAttention, reportTurns, rolloutAttention } from "@conveyor/host";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import { askOperator, type OperatorQuestion } from "../contract/operator-items.ts";
import type { Ctx } from "../ctx.ts";
import { consumePushedItems, waitingItems } from "../inbox/consume.ts";
import { noteLook, rolloutMark, statusOfSession } from "../shared/agent-changes.ts";
import type { RolloutMark } from "../shared/agent-status.ts";
import { commandLine } from "../shared/command-line.ts";
import { assertReadable } from "../shared/readable-answer.ts";
import { storedObservation } from "../shared/recorded.ts";
import { liveBindingOf, resolveTask } from "../shared/references.ts";
import { assertAcknowledged } from "./acknowledgement-gate.ts";
import { CycleSpans } from "./cycle-spans.ts";
import { ingestSession } from "./ingest.ts";
import { loadManagerContext } from "./manager-context.ts";
import { lookAtPane, type PaneLook } from "./pane-signal.ts";
import { hearTitle } from "./shown-thread.ts";
import { writerLiveness } from "./writer-liveness.ts";

/** The session columns that a cycle needs. */
interface CycleSession {
  id: string;
  name: string;
  pid: number | null;
  pid_started_at: string | null;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  tmux_socket: string | null;
  agent_kind: string;
}

/** A cycle that has begun: its row, and whom it is about. */
interface Begun {
  cycle_id: number;
  started_at: string;
  task: { id: string; name: string };
  run_id: string | null;
  binding: { id: string; created_at: string };
  worker: CycleSession;
  manager: CycleSession;
}

/**
 * One observation of a task's worker (spec 02 §8.3). It only looks: what to do is the manager's decision. A failing
 * phase leaves a `failed` row that names it. Throws `not_found`, `no_active_binding`, `gate_failed` when the contract
 * must be acknowledged first, and what ingest throws.
 */
export async function cycle(ctx: Ctx, input: Input<"observation.cycle">): Promise<Output<"observation.cycle">> {
  const spans = new CycleSpans(ctx.host.clock);
  spans.begin("start_cycle");
  const begun = await ctx.store.write((tx) => begin(ctx, tx, input));
  try {
    await ctx.store.read((tx) => assertAcknowledged(tx, begun.task, begun.binding.id));
    spans.end({
      binding_id: begun.binding.id,
      busy_wait_seconds: input.busy_wait_seconds,
      manager_session: begun.manager.name,
      worker_session: begun.worker.name,
    });
    return await observe(ctx, input, begun, spans);
  } catch (error) {
    await recordFailure(ctx, input, begun, spans, error);
    throw error;
  }
}

async function begin(ctx: Ctx, tx: WriteTx, input: Input<"observation.cycle">): Promise<Begun> {
  const task = resolveTask(tx, input.task);
  const binding = await liveBindingOf(tx, task.id);
  if (binding?.worker_session == null || binding.manager_session == null) {
    assertOpen(ctx, task);
    throw new ConveyorError("no_active_binding", `no worker and manager are bound to ${JSON.stringify(task.name)}`, {
      hint: `bind them with \`conveyor bind --task ${shellQuote(task.name)} --worker W --manager M\``,
      details: { kind: "binding", task_id: task.id },
    });
  }
  const run = await tx.db.runs.findFirst({ where: { task_id: task.id, status: "active" }, select: { id: true } });
  const row = await tx.db.manager_cycles.create({
    data: { seq: tx.seq(), task_id: task.id, started_at: tx.now, state: "started" },
  });
  const begun = {
    cycle_id: row.id,
    started_at: tx.now,
    task: { id: task.id, name: task.name },
    run_id: run?.id ?? null,
    binding: { id: binding.id, created_at: binding.created_at },
    worker: binding.worker_session,
    manager: binding.manager_session,
  };
  tx.tell("manager_cycle_started", {
    task_id: task.id,
    summary: `cycle ${row.id} on ${begun.worker.name} started`,
    correlation: correlationOf(begun),
    attributes: { busy_wait_seconds: input.busy_wait_seconds, cycle_id: row.id },
  });
  return begun;
}

/** A closed task has nobody left to observe, and cannot be bound again either. */
function assertOpen(ctx: Ctx, { id, name, state }: { id: string; name: string; state: string }): void {
  if ((OPEN_TASK_STATES as readonly string[]).includes(state)) return;
  throw new ConveyorError(
    "terminal_state",
    `task ${JSON.stringify(name)} is ${state}: there is nothing left to observe`,
    {
      hint: `see what happened with \`${commandLine(ctx.settings, ["replay", name])}\``,
      details: { kind: "task", id, name, state },
    },
  );
}

async function observe(
  ctx: Ctx,
  input: Input<"observation.cycle">,
  begun: Begun,
  spans: CycleSpans,
): Promise<Output<"observation.cycle">> {
  const { worker } = begun;
  spans.begin("ingest_rollout");
  const ingest = await ingestSession(ctx, worker.id, { telemetry: "always", thread_switch: "look" });
  spans.end({ new_events: ingest.new_events, new_offset: ingest.new_offset, worker_session: worker.name });

  spans.begin("infer_worker_state");
  const inferred = await inferState(ctx, begun);
  spans.end({
    last_state_event_present: inferred.report.last_state_event_at !== null,
    staleness_seconds: inferred.staleness_seconds,
    state: inferred.report.state,
  });

  spans.begin("capture_pane_signal");
  const mark = rolloutMark(inferred.rollout_path);
  const look = await lookAtPane(ctx, worker, {
    status_age_seconds: inferred.staleness_seconds,
    busy_wait_seconds: input.busy_wait_seconds,
    recent_event_count: ingest.new_events,
  });
  const { captured, classifier, degraded, notable_pattern, status_age_seconds } = look.signal;
  spans.end(
    { captured, classifier, degraded, notable_pattern, status_age_seconds },
    degraded ? "degraded" : "succeeded",
  );

  const alive = {
    worker_alive: await isAlive(ctx, worker),
    manager_alive: await isAlive(ctx, begun.manager),
  };
  spans.begin("load_manager_context");
  return ctx.store.write((tx) => persist(ctx, tx, input, { begun, spans, ingest, inferred, look, mark, alive }));
}

interface Observation {
  begun: Begun;
  spans: CycleSpans;
  ingest: IngestReport;
  inferred: Awaited<ReturnType<typeof inferState>>;
  look: PaneLook;
  mark: RolloutMark | null;
  alive: { worker_alive: boolean; manager_alive: boolean };
}

/** Load what the manager decides with, take what was pushed to it, and store the cycle: one transaction. */
async function persist(
  ctx: Ctx,
  tx: WriteTx,
  input: Input<"observation.cycle">,
  observation: Observation,
): Promise<Output<"observation.cycle">> {
  const { begun, spans, inferred, alive } = observation;
  const { task, binding, worker, manager, cycle_id } = begun;
  const manager_context = await loadManagerContext(tx, {
    task,
    binding,
    worker,
    turns: inferred.observed.turns,
    records: inferred.records,
    settings: ctx.settings,
  });
  const scope = { session_id: manager.id, binding_id: binding.id };
  const consumed = consumePushedItems(tx, scope, cycle_id);
  const dispatch_notifications = waitingItems(tx, scope, consumed);
  spans.end(contextFacts(manager_context, consumed.length));

  spans.begin("persist_cycle_row");
  const status = statusOf(input, observation, {
    manager_context,
    dispatch_notifications,
    consumed: consumed.length,
    agent_status: noteLooks(tx, observation),
  });
  assertReadable(ctx, status);
  spans.end({ ...alive, state: status.state, task_completed: status.task_completed });
  await spans.store(tx, { manager_cycle_id: cycle_id, task_id: task.id, run_id: begun.run_id });
  await tx.db.manager_cycles.update({
    where: { id: cycle_id },
    data: {
      state: "succeeded",
      completed_at: tx.now,
      completed_seq: tx.seq(),
      status_json: canonicalJson(withoutBodies(status)),
    },
  });
  tx.tell("manager_cycle_succeeded", {
    task_id: task.id,
    summary: `cycle ${cycle_id}: ${worker.name} is ${status.state}`,
    correlation: { ...correlationOf(begun), cycle_id },
    attributes: {
      ...alive,
      ingest: status.ingest,
      last_event_subtype: status.last_event_subtype,
      notable_pane_pattern: status.notable_pane_pattern,
      state: status.state,
      task_completed: status.task_completed,
    },
  });
  return { ...status, cycle_id, cycle_started_at: begun.started_at, cycle_completed_at: tx.now };
}

/** Keep what was seen of both sessions, for lists and the page; returns how the worker then stands. */
function noteLooks(tx: WriteTx, { begun, look, mark, alive }: Observation): AgentStatus {
  const { worker, manager } = begun;
  const pane = look.classification && { meaning: look.classification, rollout: mark };
  noteLook(tx, worker.id, { pane, alive: worker.pid === null ? null : alive.worker_alive });
  noteLook(tx, manager.id, { alive: manager.pid === null ? null : alive.manager_alive });
  return statusOfSession(tx, worker.id);
}

async function inferState(ctx: Ctx, { worker }: Begun) {
  const stored = await ctx.store.read((tx) => storedObservation(tx, worker.id));
  const { observed, record_path, thread_id } = stored;
  const now = ctx.host.clock.now();
  // Whether anybody still writes matters only for a turn that has no end.
  const writer = await writerLiveness(ctx.host, record_path, now, observed.turns.open !== null);
  const process_alive = worker.pid === null ? null : await isAlive(ctx, worker);
  const report = reportTurns(observed.turns, { ...writer, process_alive });
  const at = Date.parse(report.last_state_event_at ?? "");
  return {
    observed,
    records: ctx.agents.of(worker.agent_kind).records,
    report,
    thread: { id: thread_id, path: record_path },
    rollout_path: record_path,
    writer_alive: writer.writer_alive,
    staleness_seconds: Number.isNaN(at) ? null : Math.max(0, Math.floor((now.getTime() - at) / 1000)),
  };
}

async function isAlive(ctx: Ctx, { pid, pid_started_at }: CycleSession): Promise<boolean> {
  return pid !== null && ctx.host.processes.isAlive(pid, pid_started_at);
}

function statusOf(
  input: Input<"observation.cycle">,
  { begun, ingest, inferred, look, alive }: Observation,
  loaded: Pick<CycleStatus, "manager_context" | "dispatch_notifications" | "agent_status"> & { consumed: number },
): CycleStatus {
  const { observed, report, thread, records } = inferred;
  const heard = hearTitle(report, {
    meaning: look.classification?.title ?? null,
    shows_own_thread: records?.shownThread(look.signal.pane_title, thread.path)(thread.id) ?? null,
  });
  return {
    kind: "session_cycle",
    task: input.task,
    binding_id: begun.binding.id,
    worker_session: begun.worker.name,
    manager_session: begun.manager.name,
    ingest,
    state: heard.state,
    last_state_event_at: report.last_state_event_at,
    staleness_seconds: inferred.staleness_seconds,
    pane_signal: look.signal,
    notable_pane_pattern: look.signal.notable_pattern,
    ...alive,
    writer_alive: inferred.writer_alive,
    last_event_type: observed.last?.type ?? null,
    last_event_subtype: observed.last?.subtype ?? null,
    last_event_item_type: observed.last?.item_type ?? null,
    task_completed: heard.task_completed,
    conflict: heard.conflict,
    turn: report.turn,
    attention: combineAttention(rolloutAttention(observed.attention, observed.turns), look.classification),
    agent_status: loaded.agent_status,
    consumed_dispatch_notifications: loaded.consumed,
    dispatch_notifications: loaded.dispatch_notifications,
    manager_context: loaded.manager_context,
  };
}

/** What is kept of a cycle for later readers: message bodies and the agent's own words stay where they came from. */
function withoutBodies(status: CycleStatus): Record<string, unknown> {
  const { manager_context, dispatch_notifications, ...facts } = status;
  const receipt = manager_context.worker_receipt;
  return {
    ...facts,
    dispatch_notifications: dispatch_notifications.map(({ id, signal_type, correlation_id, consumed_at }) => ({
      id,
      signal_type,
      correlation_id,
      consumed_at,
    })),
    manager_context: {
      ...manager_context,
      worker_receipt: receipt && { ...receipt, last_agent_message: null },
    },
  };
}

function contextFacts(context: CycleStatus["manager_context"], consumed: number): Record<string, unknown> {
  return {
    accepted_criteria: context.acceptance_criteria.summary.accepted,
    consumed_dispatch_notifications: consumed,
    manager_ack_present: context.manager_ack !== null,
    manager_config_present: context.manager_config !== null,
    require_acks: context.manager_config?.require_acks ?? false,
    worker_ack_present: context.worker_ack !== null,
    worker_handoff_present: context.worker_handoff !== null,
    worker_receipt_present: context.worker_receipt !== null,
  };
}

async function recordFailure(
  ctx: Ctx,
  input: Input<"observation.cycle">,
  begun: Begun,
  spans: CycleSpans,
  thrown: unknown,
): Promise<void> {
  const failure_phase = spans.phase ?? "start_cycle";
  const { code, message } = asConveyorError(thrown);
  const error_type = errorTypeOf(code);
  spans.fail(error_type, message);
  const { task, cycle_id } = begun;
  const failed = ctx.store.write(async (tx) => {
    await spans.store(tx, { manager_cycle_id: cycle_id, task_id: task.id, run_id: begun.run_id });
    await tx.db.manager_cycles.update({
      where: { id: cycle_id },
      data: {
        state: "failed",
        completed_at: tx.now,
        completed_seq: tx.seq(),
        error: message,
        status_json: canonicalJson({
          kind: "session_cycle",
          task: input.task,
          binding_id: begun.binding.id,
          worker_session: begun.worker.name,
          manager_session: begun.manager.name,
          error_type,
          failure_phase,
        }),
      },
    });
    tx.tell("manager_cycle_failed", {
      task_id: task.id,
      summary: `cycle ${cycle_id} on ${begun.worker.name} failed in ${failure_phase}`,
      correlation: { ...correlationOf(begun), cycle_id },
      attributes: { error_type, failure_phase },
    });
    for (const question of ackQuestions(thrown)) await askOperator(tx, task, question);
  });
  // The user must hear why the cycle failed, also when the ledger can no longer note it.
  await failed.catch(() => {});
}

/** What the operator is asked when a cycle was refused for want of acknowledgements: one item for each role. */
function ackQuestions(thrown: unknown): OperatorQuestion[] {
  const { failure_stage, missing, revision } = asConveyorError(thrown).details;
  if (failure_stage !== "acknowledgements" || !Array.isArray(missing)) return [];
  return missing.map((role) => ({ kind: "stale_ack", subject: String(role), refs: { revision } }));
}

function errorTypeOf(code: string): string {
  if (code.startsWith("rollout_") || code === "session_not_active") return "IngestError";
  return code === "gate_failed" ? "TaskLifecycleError" : "CodexSessionError";
}

function correlationOf({ binding, worker, manager }: Begun): Record<string, unknown> {
  return { binding_id: binding.id, worker_session: worker.name, manager_session: manager.name };
}
