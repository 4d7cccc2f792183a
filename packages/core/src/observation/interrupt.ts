import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import type { Agent, Screen, TurnState } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import type { Party } from "../shared/party.ts";
import { authorOfCaller } from "../shared/typing/caller.ts";
import { typeText, typingTarget } from "../shared/typing/index.ts";
import { type Recorded, readObserved } from "./read-observed.ts";
import { recordActuationEnd, recordActuationStart, type TerminalSubject, terminalOf } from "./terminal.ts";

/** How long the agent may take to record that it was interrupted, in milliseconds (spec 02 §8.16). */
const CONFIRM_MS = 3000;
/** Pause between two looks at the rollout while waiting for that, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** Pause between the key and the follow-up, in milliseconds. */
const FOLLOWUP_PAUSE_MS = 500;

/**
 * Interrupt what a session's agent is doing (spec 02 §8.16). Throws `not_found`, `precondition_failed` without terminal,
 * `nothing_to_interrupt` when no turn runs, `invalid_input` for an unknown key, the codes of tmux.
 */
export async function interrupt(
  ctx: Ctx,
  input: Input<"observation.interrupt">,
): Promise<Output<"observation.interrupt">> {
  const subject = await terminalOf(ctx, input.session);
  const key = input.key ?? subject.agent.pane.interrupt_key;
  const facts = { dry_run: input.dry_run, key, followup_length: input.followup?.length ?? 0 };
  let started = false;
  try {
    const before = await turnsOf(ctx, subject);
    await assertSomethingRuns(ctx, subject, input, before);
    let interrupted: boolean | null = null;
    if (!input.dry_run) {
      await recordActuationStart(ctx, subject, "interrupt", facts);
      started = true;
      await ctx.host.tmux.sendKey(subject.pane, key);
      interrupted = await awaitInterruption(ctx, subject, before);
      if (input.followup !== undefined) await sendFollowup(ctx, subject, input.followup);
    }
    await recordActuationEnd(ctx, subject, "interrupt", { ...facts, success: true, interrupted });
    return {
      session: subject.session.name,
      target: subject.target,
      key,
      followup: input.followup ?? null,
      time: ctx.host.clock.iso(),
      dry_run: input.dry_run,
      interrupted,
      side_effect_started: started,
      side_effect_completed: started,
    };
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    const failure = { success: false, error: message, error_type: code, rollback_error: null };
    await recordActuationEnd(ctx, subject, "interrupt", { ...facts, ...failure });
    throw thrown;
  }
}

/**
 * End the turn that runs in a session whose terminal is about to be stopped: a turn that a background process of the agent
 * carries out would go on without it (spec 02 §5.6). Waits at most 3 seconds for the agent to record the end. Answers
 * whether a turn still runs then, or may run because its terminal could not be reached; false when there was none.
 */
export async function endRunningTurn(ctx: Ctx, party: Party): Promise<boolean> {
  if (party.kind !== "session" || party.tmux_session === null) return false;
  const subject = { session: party, agent: ctx.agents.of(party.agent_kind) };
  const before = await turnsOf(ctx, subject);
  if (before === null || before.open === null) return false;
  try {
    await ctx.host.tmux.sendKey(typingTarget(ctx.agents, party), subject.agent.pane.interrupt_key);
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return true;
    throw thrown;
  }
  const now = await awaitEndOf(ctx, subject, before.open.turn_id);
  return now !== null && now.open !== null;
}

/** The turns of the session as its rollout tells them now; null when it has none that can be read. */
async function turnsOf(ctx: Ctx, subject: Recorded): Promise<TurnState | null> {
  return (await readObserved(ctx, subject))?.turns ?? null;
}

/**
 * At an idle composer, and in a dialog that stands there, the agent's interrupt key does other things, so it is sent only
 * while a turn runs: as the rollout says, and where that cannot be read as the screen shows.
 */
async function assertSomethingRuns(
  ctx: Ctx,
  subject: TerminalSubject,
  input: Input<"observation.interrupt">,
  turns: TurnState | null,
): Promise<void> {
  await ctx.host.tmux.prove(subject.pane);
  if (input.key !== undefined || input.force) return;
  const runs =
    turns === null || turns.state === "unknown"
      ? showsRunningTurn(subject.agent, await ctx.host.tmux.screen(subject.pane, 50))
      : turns.open !== null;
  if (runs) return;
  throw new ConveyorError("nothing_to_interrupt", `no turn of ${subject.session.name} is running`, {
    hint: "send text with `conveyor session-nudge`, or name a --key to send it anyway",
    details: { session: subject.session.name },
  });
}

/** Whether the screen shows a turn at work, and nothing that waits for an answer instead. */
export function showsRunningTurn(agent: Agent, screen: Screen): boolean {
  const { patterns, attention, title } = agent.pane.classify({
    ...screen,
    status_age_seconds: null,
    busy_wait_seconds: 0,
  });
  return attention === "none" && (title === "busy" || patterns.includes("long_running_interruptible"));
}

/** Whether the agent recorded an interruption since; null when its rollout cannot tell. */
async function awaitInterruption(
  ctx: Ctx,
  subject: TerminalSubject,
  before: TurnState | null,
): Promise<boolean | null> {
  if (before === null || before.open === null) return null;
  const now = await awaitEndOf(ctx, subject, before.open.turn_id);
  if (now === null) return null;
  return now.open?.turn_id !== before.open.turn_id && now.latest_ended?.outcome === "interrupted";
}

/** The turns of a session once this one is not open any more, or when the time for that is over. */
async function awaitEndOf(ctx: Ctx, subject: Recorded, turn_id: string | null): Promise<TurnState | null> {
  const deadline = ctx.host.clock.monotonic_ms() + CONFIRM_MS;
  for (;;) {
    await ctx.host.clock.sleep(LOOK_EVERY_MS, ctx.signal);
    const now = await turnsOf(ctx, subject);
    const isOver = ctx.host.clock.monotonic_ms() >= deadline || ctx.signal.aborted;
    if (now === null || now.open?.turn_id !== turn_id || isOver) return now;
  }
}

async function sendFollowup(ctx: Ctx, { agent, pane, session }: TerminalSubject, text: string): Promise<void> {
  await ctx.host.clock.sleep(FOLLOWUP_PAUSE_MS, ctx.signal);
  const rollout_path = session.record_path;
  await typeText(ctx, {
    agent,
    target: pane,
    rollout_path,
    author: await authorOfCaller(ctx),
    text,
    signal: ctx.signal,
  });
}
