import type { Input, Output } from "@conveyor/contracts";
import type { Attention } from "@conveyor/contracts/agent-status";
import { asConveyorError } from "@conveyor/contracts/errors";
import { judgePush } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { once } from "../shared/idempotency.ts";
import { authorOfCaller } from "../shared/typing/caller.ts";
import { typeText } from "../shared/typing/index.ts";
import { unansweredOf } from "./read-observed.ts";
import {
  type ActuationFacts,
  recordActuationEnd,
  recordActuationStart,
  type TerminalSubject,
  terminalOf,
} from "./terminal.ts";

/**
 * Type text into a session's terminal and press Enter, after looking at the screen (spec 02 §6, §8.15). The text is
 * stored nowhere. Throws `not_found`, `precondition_failed` without terminal, `pane_not_ready`, the codes of tmux.
 */
export async function nudge(ctx: Ctx, input: Input<"observation.nudge">): Promise<Output<"observation.nudge">> {
  const subject = await terminalOf(ctx, input.session);
  const { idempotency_key, ...same } = input;
  return once(ctx, {
    key: idempotency_key,
    operation: "observation.nudge",
    input: { ...same, session: subject.session.id },
    run: () => push(ctx, input, subject),
  });
}

async function push(
  ctx: Ctx,
  input: Input<"observation.nudge">,
  subject: TerminalSubject,
): Promise<Output<"observation.nudge">> {
  const facts = { dry_run: input.dry_run, text_length: input.text.length };
  try {
    const sent = input.dry_run ? await look(ctx, subject, input) : await type(ctx, subject, input, facts);
    await recordActuationEnd(ctx, subject, "nudge", { ...facts, success: true });
    return {
      session: subject.session.name,
      target: subject.target,
      text: input.text,
      time: ctx.host.clock.iso(),
      dry_run: input.dry_run,
      ...sent,
    };
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    await recordActuationEnd(ctx, subject, "nudge", {
      ...facts,
      success: false,
      error: message,
      error_type: code,
      rollback_error: null,
    });
    throw thrown;
  }
}

type Sent = Pick<
  Output<"observation.nudge">,
  "side_effect_started" | "side_effect_completed" | "submission" | "pane_pattern_before"
>;

async function look(ctx: Ctx, subject: TerminalSubject, input: Input<"observation.nudge">): Promise<Sent> {
  const { agent, pane } = subject;
  await ctx.host.tmux.prove(pane);
  const kind = input.text === "" ? "enter" : "text";
  const screen = {
    ...(await ctx.host.tmux.screen(pane, 50)),
    unanswered: await unansweredBeforeEnter(ctx, subject, input),
  };
  const verdict = judgePush(agent.pane.readiness(screen), kind);
  return {
    side_effect_started: false,
    side_effect_completed: false,
    submission: null,
    pane_pattern_before: verdict.pattern,
  };
}

async function type(
  ctx: Ctx,
  subject: TerminalSubject,
  input: Input<"observation.nudge">,
  facts: ActuationFacts,
): Promise<Sent> {
  const {
    submission,
    place: _place,
    ...sent
  } = await typeText(ctx, {
    agent: subject.agent,
    target: subject.pane,
    rollout_path: subject.session.record_path,
    author: await authorOfCaller(ctx),
    text: input.text,
    unanswered: await unansweredBeforeEnter(ctx, subject, input),
    force: input.force,
    submit: input.no_submit ? "none" : "enter",
    onBufferLoaded: () => recordActuationStart(ctx, subject, "nudge", facts),
    signal: ctx.signal,
  });
  return { ...sent, submission: input.no_submit ? "not_submitted" : submission };
}

/** Text goes before an empty composer only, which shows that nobody asks; Enter alone may answer what it shows. */
async function unansweredBeforeEnter(
  ctx: Ctx,
  subject: TerminalSubject,
  input: Input<"observation.nudge">,
): Promise<Attention | undefined> {
  return input.text === "" ? unansweredOf(ctx, subject) : undefined;
}
