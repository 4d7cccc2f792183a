import type { Input, Output, SentStage } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { interrupt } from "../observation/interrupt.ts";
import { nudge } from "../observation/nudge.ts";
import { type AgentNow, agentNow, untilAnswered } from "./agent-now.ts";
import { sessionMeant, taskOfThing } from "./thing.ts";

type Send = Input<"everyday.send">;
type Sent = Omit<Output<"everyday.send">, "elapsed_seconds" | "timed_out">;

const STAGES: readonly SentStage[] = ["refused", "queued", "accepted", "seen", "acted", "done"];

/**
 * Send a message to a session or a task's worker, and tell how far it has come (spec 10.3). The worker of a task gets it
 * through Dispatch and its gates, as a message of its manager; any other session in its terminal. Throws `not_found`,
 * `ambiguous`, `timeout` when a turn that runs does not end in time, `precondition_failed` where there is no way, and
 * what `nudge`, `interrupt` and `enqueueNudgeWorker` throw.
 */
export async function send(ctx: Ctx, input: Send): Promise<Output<"everyday.send">> {
  const { clock } = ctx.host;
  const began = clock.monotonic_ms();
  const passed = () => (clock.monotonic_ms() - began) / 1000;
  const target = await ctx.store.peek((tx) => {
    const session = sessionMeant(tx, input.ref);
    return { session, task_id: taskOfThing(tx, { kind: "session", row: session }) };
  });
  await makeWay(ctx, target.session, input);
  const before = await agentNow(ctx, target.session.id);
  const sent =
    target.task_id !== null && target.session.role === "worker"
      ? await throughDispatch(ctx, target.session, target.task_id, input)
      : await intoTerminal(ctx, target.session, input);
  const goal = input.wait;
  if (goal === undefined || sent.stage === "refused") {
    return { ...sent, elapsed_seconds: rounded(passed()), timed_out: false };
  }
  let stage: SentStage = sent.stage;
  const reached = await untilAnswered(ctx, Math.max(0, input.timeout - passed()), async () => {
    const now = furthest(stage, await stageNow(ctx, target.session, sent, before));
    stage = now;
    return now === "refused" || STAGES.indexOf(now) >= STAGES.indexOf(goal) ? now : undefined;
  });
  return { ...sent, stage, elapsed_seconds: rounded(passed()), timed_out: reached === undefined };
}

const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;

function furthest(a: SentStage, b: SentStage): SentStage {
  return b === "refused" || STAGES.indexOf(b) > STAGES.indexOf(a) ? b : a;
}

/** See that a turn which runs is dealt with as the sender wants. Only a terminal can be in the middle of one. */
async function makeWay(ctx: Ctx, session: lookups.SessionRow, { when, timeout }: Send): Promise<void> {
  if (when === "now" || session.tmux_session === null) return;
  if (when === "interrupt") {
    await interrupt(ctx, { session: session.id, dry_run: false, force: false }).catch((thrown: unknown) => {
      if (!(thrown instanceof ConveyorError && thrown.code === "nothing_to_interrupt")) throw thrown;
    });
    return;
  }
  const isFree = await untilAnswered(ctx, timeout, async () => {
    const { phase } = (await agentNow(ctx, session.id)).agent_status;
    return phase === "working" || phase === "compacting" ? undefined : true;
  });
  if (isFree) return;
  throw new ConveyorError("timeout", `${session.name} is still at work on a turn; nothing was sent`, {
    hint: "send it into the running turn with --when now, or end that with --when interrupt",
    details: { session: session.name },
  });
}

async function throughDispatch(ctx: Ctx, session: lookups.SessionRow, task: string, { text }: Send): Promise<Sent> {
  const queued = await enqueueNudgeWorker(ctx, { task, message: text, max_attempts: 3, deliver: true });
  const state = queued.delivery?.state;
  const refused = state === "blocked" || state === "failed" || state === "suppressed";
  const accepted = state === "delivered" || state === "unconfirmed" || state === "pull_required";
  return {
    session: session.name,
    task,
    via: "dispatch",
    command_id: queued.command_id,
    notification_id: queued.notification_id ?? null,
    correlation_id: queued.correlation_id,
    stage: refused ? "refused" : accepted ? "accepted" : "queued",
    why: accepted ? null : (queued.delivery?.error ?? "nobody has delivered it yet; Dispatch does, where one runs"),
    warnings: queued.warnings,
  };
}

async function intoTerminal(ctx: Ctx, session: lookups.SessionRow, { text }: Send): Promise<Sent> {
  if (session.tmux_session === null) {
    throw new ConveyorError(
      "precondition_failed",
      `there is no way to ${session.name}: it has no terminal, and no manager sends to it`,
      {
        hint: "bind it to a task as its worker; then a message goes to its inbox",
        details: { kind: "session", reason: "no_tmux", session: session.name },
      },
    );
  }
  const typed = await nudge(ctx, { session: session.id, text, dry_run: false, force: false, no_submit: false });
  return {
    session: session.name,
    task: null,
    via: "terminal",
    command_id: null,
    notification_id: null,
    correlation_id: null,
    stage: typed.submission === "confirmed" ? "seen" : "accepted",
    why: null,
    warnings: [],
  };
}

/** How far a message has come by what the ledger knows of it and of the turns since. */
async function stageNow(ctx: Ctx, session: lookups.SessionRow, sent: Sent, before: AgentNow): Promise<SentStage> {
  const { turns } = await agentNow(ctx, session.id);
  const item = await itemNow(ctx, sent);
  if (item?.state === "failed" || item?.state === "suppressed") return "refused";
  const answer = item?.answer ?? null;
  if (answer === "accepted") return "done";
  const byTurn = session.tmux_session !== null;
  if (byTurn && turns.open === null && turns.ended !== before.turns.ended) return "done";
  if (answer !== null) return "acted";
  const seen = item === null ? sent.stage === "seen" : item.seen;
  if (byTurn && turns.open !== null && (seen || turns.open !== before.turns.open)) return "acted";
  if (seen) return "seen";
  return item === null ? sent.stage : "accepted";
}

async function itemNow(ctx: Ctx, { command_id }: Sent) {
  if (command_id === null) return null;
  return ctx.store.read(async (tx) => {
    const item = await tx.db.routed_notifications.findFirst({
      where: { command_id },
      orderBy: { seq: "desc" },
      select: { id: true, state: true, submission: true, consumed_at: true },
    });
    if (item === null) return null;
    const answer = await tx.db.notification_acknowledgements.findFirst({
      where: { notification_id: item.id },
      orderBy: { seq: "desc" },
      select: { status: true },
    });
    const seen = item.submission === "confirmed" || item.consumed_at !== null;
    return { state: item.state, seen, answer: answer?.status ?? null };
  });
}
