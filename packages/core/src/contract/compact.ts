import type { Input, Output, PermissionReason } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import type { ReadTx, WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { assertCycleOfTask, insertDecision } from "../decisions/record.ts";
import { checkDecision, useDecision } from "../decisions/validate-decision.ts";
import { beginCommand, type CommandIdentity, endCommand } from "../shared/immediate-command.ts";
import { parsed } from "../shared/parsed.ts";
import { liveBindingOf, resolveTask } from "../shared/references.ts";
import { authorOfCaller } from "../shared/typing/caller.ts";
import { typeCommand, typeText, typingTarget } from "../shared/typing/index.ts";
import { compactPrompt } from "./compact-prompt.ts";
import { mayHappen } from "./may.ts";
import { grantsOfTask, useGrants } from "./scoped-grants.ts";

const ACTION = "worker_compact_clear";
/** While a request of this age may still be under way there is no second one, in milliseconds (spec 04 §4.9). */
const UNDER_WAY_MS = 60_000;

type Asked = Input<"contract.requestCompact">;
type Answer = Output<"contract.requestCompact">;
type WorkerRow = NonNullable<NonNullable<Awaited<ReturnType<typeof liveBindingOf>>>["worker_session"]>;

/** A request that was recorded and may be carried out. */
interface Ready {
  command: CommandIdentity;
  task: { id: string; name: string };
  worker: WorkerRow;
  facts: Omit<Answer, "command_id" | "send_result">;
}

/**
 * Have the worker's agent clean its context: decision, permission and handoff are looked at first, and a refusal is recorded
 * too (spec 04 §4.9). Throws `not_found`, `no_active_binding`, `conflict` while another request is under way, `gate_failed`,
 * `permission_denied`, `worker_not_tmux`, and the codes of typing.
 */
export async function requestCompact(ctx: Ctx, input: Asked): Promise<Answer> {
  return carryOut(ctx, input, await ctx.store.write((tx) => begin(ctx, tx, input)));
}

/** Decide to nudge and request it with that decision (spec 04 §4.10). Throws as `requestCompact`. */
export async function compactWorker(ctx: Ctx, input: Input<"contract.compactWorker">): Promise<Answer> {
  const { reason, cycle_id, ...fields } = input;
  const begun = await ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const { manager_session_id } = await boundWorker(tx, { id, name });
    await assertNoneUnderWay(tx, { id, name });
    if (cycle_id !== undefined) await assertCycleOfTask(tx, cycle_id, { id, name });
    const decision = await insertDecision(tx, {
      task_id: id,
      decision: "nudge",
      reason,
      payload: { source: "compact-worker", slash_command: slashCommandOf(input) },
      manager_cycle_id: cycle_id ?? null,
      manager_session_id,
    });
    return begin(ctx, tx, { ...fields, decision_id: decision.id, strict_decisions: true });
  });
  return carryOut(ctx, { ...fields, decision_id: undefined, strict_decisions: true }, begun);
}

function slashCommandOf({ clear, prompt_only }: Pick<Asked, "clear" | "prompt_only">): Answer["slash_command"] {
  if (prompt_only) return null;
  return clear ? "/clear" : "/compact";
}

async function boundWorker(tx: ReadTx, task: { id: string; name: string }) {
  const binding = await liveBindingOf(tx, task.id);
  if (binding?.worker_session != null) {
    return { worker: binding.worker_session, manager_session_id: binding.manager_session_id };
  }
  throw new ConveyorError("no_active_binding", `no worker is bound to task ${JSON.stringify(task.name)}`, {
    details: { kind: "binding", task_id: task.id },
  });
}

async function assertNoneUnderWay(tx: ReadTx, task: { id: string; name: string }): Promise<void> {
  const since = new Date(Date.parse(tx.now) - UNDER_WAY_MS).toISOString();
  const other = await tx.db.commands.findFirst({
    where: {
      task_id: task.id,
      type: "request_worker_compact",
      state: { in: ["pending", "attempted"] },
      created_at: { gt: since },
    },
  });
  if (other === null) return;
  throw new ConveyorError(
    "conflict",
    `the context of the worker of ${JSON.stringify(task.name)} is being cleaned right now`,
    {
      details: { kind: "command", id: other.id },
    },
  );
}

/** Record the request with all that speaks for and against it; what is refused is recorded and comes back as the error. */
async function begin(ctx: Ctx, tx: WriteTx, input: Asked): Promise<Ready | ConveyorError> {
  const { id, name } = resolveTask(tx, input.task);
  const task = { id, name };
  const { worker } = await boundWorker(tx, task);
  await assertNoneUnderWay(tx, task);
  const decision_id = input.decision_id ?? null;
  const manager_decision = await checkDecision(tx, { task_id: id, decision_id, allowed: ["nudge"] });
  const handoff = await tx.db.worker_handoffs.findFirst({ where: { task_id: id }, orderBy: { seq: "desc" } });
  const { check: permission_check, grant_ids } = await checkCompact(tx, task, worker, handoff?.id ?? null);
  const slash_command = slashCommandOf(input);
  const message = input.message ?? compactPrompt(ctx.settings, { task: name, handoff });
  const facts = {
    task: name,
    worker_session: worker.name,
    manager_decision,
    permission_check,
    message,
    send_text: slash_command ?? message,
    slash_command,
  };
  const command = await beginCommand(ctx, tx, {
    type: "request_worker_compact",
    task_id: id,
    payload: withoutText(facts),
    required_permission: ACTION,
  });
  const refusal = refusalOf(input, facts, worker);
  if (refusal !== null) {
    await fail(tx, { command, task, facts }, refusal.error, { failure_stage: refusal.stage, expected_failure: true });
    return refusal.error;
  }
  await useGrants(tx, id, grant_ids);
  await useDecision(tx, manager_decision, command.id);
  tx.tell("worker_compact_requested", {
    task_id: id,
    command_id: command.id,
    attributes: { permission_check, worker_session: worker.name },
  });
  return { command, task, worker, facts };
}

async function checkCompact(
  tx: WriteTx,
  task: { id: string; name: string },
  worker: WorkerRow,
  handoff_id: number | null,
): Promise<{ check: Answer["permission_check"]; grant_ids: number[] }> {
  const config = await tx.db.manager_configs.findUnique({
    where: { task_id: task.id },
    select: { permissions_json: true },
  });
  const permissions = config === null ? undefined : (parsed(config.permissions_json) ?? null);
  const grants = await grantsOfTask(tx, task.id);
  const { allowed, reasons, grant_ids } = mayHappen(
    { permissions, handoff_id, grants },
    { action: ACTION, require_handoff: true, scope: { now: tx.now } },
  );

  const check = { action: ACTION, allowed, handoff_id, reasons } as const;
  tx.tell("manager_permission_checked", {
    task_id: task.id,
    severity: allowed ? "info" : "warning",
    summary: `${allowed ? "allowed" : "denied"}: ${ACTION}`,
    correlation: { action: ACTION, handoff_id, source: "request_worker_compact" },
    attributes: { allowed, reasons, worker_session: worker.name },
    payload: { ...check, source: "request_worker_compact" },
  });
  return { check: { ...check }, grant_ids: grant_ids ?? [] };
}

interface Refusal {
  stage: "delivery" | "preflight";
  error: ConveyorError;
}

function refusalOf(
  input: Asked,
  { manager_decision, permission_check, task }: Ready["facts"],
  worker: WorkerRow,
): Refusal | null {
  if (input.strict_decisions && !manager_decision.ok) {
    const error = new ConveyorError(
      "gate_failed",
      `no recorded decision justifies it (${manager_decision.warnings.join(", ")})`,
      {
        hint: `decide and request in one: conveyor compact-worker ${shellQuote(task)} --reason TEXT`,
        details: {
          command_type: "request_worker_compact",
          failure_stage: "preflight",
          error: "manager_decision_validation_failed",
          manager_decision,
        },
      },
    );
    return { stage: "preflight", error };
  }
  if (!permission_check.allowed) {
    const { reasons } = permission_check;
    const error = new ConveyorError("permission_denied", `${ACTION} is denied (${reasons.join(", ")})`, {
      hint: reasons.map((reason) => REMEDIES[reason](shellQuote(task))).join("; "),
      details: { failure_stage: "preflight", action: ACTION, reasons },
    });
    return { stage: "preflight", error };
  }
  if (worker.tmux_session !== null) return null;
  const error = new ConveyorError(
    "worker_not_tmux",
    `worker ${worker.name} has no terminal; a slash command that is sent to an app thread is plain text there`,
    { details: { failure_stage: "delivery", session: worker.name } },
  );
  return { stage: "delivery", error };
}

const REMEDIES: Readonly<Record<PermissionReason, (task: string) => string>> = {
  missing_manager_config: (task) =>
    `a person may grant it: conveyor manager-config ${task} --allow-worker-compact-clear`,
  permission_not_enabled: (task) =>
    `a person may grant it: conveyor manager-config ${task} --allow-worker-compact-clear`,
  missing_worker_handoff: (task) => `the worker records one first: conveyor handoff ${task} --summary TEXT`,
};

async function carryOut(ctx: Ctx, input: Asked, begun: Ready | ConveyorError): Promise<Answer> {
  if (begun instanceof ConveyorError) throw begun;
  const { command, worker, facts } = begun;
  try {
    const side_effect = input.dry_run ? false : await send(ctx, begun);
    const answer: Answer = {
      ...facts,
      command_id: command.id,
      send_result: {
        dry_run: input.dry_run,
        session: worker.name,
        target: worker.tmux_pane_id ?? worker.tmux_session ?? "",
        text: facts.send_text,
        time: ctx.host.clock.iso(),
        side_effect_started: side_effect,
        side_effect_completed: side_effect,
      },
    };
    await ctx.store.write((tx) => succeed(tx, begun, answer));
    return answer;
  } catch (thrown) {
    const error = asConveyorError(thrown);
    await ctx.store.write((tx) => fail(tx, begun, error, { failure_stage: "delivery", expected_failure: false }));
    throw thrown;
  }
}

/** Whatever is typed goes through the look at the screen that all typing goes through. */
async function send(ctx: Ctx, { worker, facts }: Ready): Promise<true> {
  const agent = ctx.agents.of(worker.agent_kind);
  const target = typingTarget(ctx.agents, worker);
  if (facts.slash_command !== null) {
    await typeCommand(ctx, { agent, target, command: facts.slash_command, signal: ctx.signal });
    return true;
  }
  const author = await authorOfCaller(ctx);
  await typeText(ctx, { agent, target, rollout_path: null, author, text: facts.message, signal: ctx.signal });
  return true;
}

/** What is kept of a request: lengths instead of texts (spec 00, Content). */
function withoutText<Facts extends Pick<Answer, "message" | "send_text">>({ message, send_text, ...facts }: Facts) {
  return { ...facts, message_length: message.length, send_text_length: send_text.length };
}

async function succeed(tx: WriteTx, { command, task }: Ready, answer: Answer): Promise<void> {
  const { send_result, ...facts } = answer;
  const { text, ...sent } = send_result;
  const result = { ...withoutText(facts), send_result: { ...sent, text_length: text.length } };
  await endCommand(tx, command, { state: "succeeded", result });
  tx.tell("worker_compact_request_succeeded", { task_id: task.id, command_id: command.id, attributes: result });
}

async function fail(
  tx: WriteTx,
  { command, task, facts }: Pick<Ready, "command" | "facts" | "task">,
  { code, message: error }: ConveyorError,
  how: { failure_stage: Refusal["stage"]; expected_failure: boolean },
): Promise<void> {
  const result = { ...withoutText(facts), command_id: command.id, ...how };
  await endCommand(tx, command, { state: "failed", result, error });
  tx.tell("worker_compact_request_failed", {
    task_id: task.id,
    command_id: command.id,
    attributes: { ...result, error, error_type: code },
  });
}
