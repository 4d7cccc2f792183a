import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { judgePush } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { nudge as nudgeSession } from "../observation/nudge.ts";
import { authorOfCaller } from "../shared/typing/caller.ts";
import { typeText } from "../shared/typing/index.ts";
import { recordEnd, recordStart } from "./actuation.ts";
import { agentOfWorker, findWorker, typingTargetOf, type WorkerSubject } from "./subject.ts";

/**
 * Type a message into a worker's terminal after looking at it; a registered session is typed to as `session-nudge` does
 * (spec 01 §7.4). Stored is its length only. Throws `not_found`, `pane_not_ready`, the codes of tmux.
 */
export async function nudge(ctx: Ctx, input: Input<"workers.nudge">): Promise<Output<"workers.nudge">> {
  const subject = await findWorker(ctx, input.name);
  const { dry_run, force } = input;
  const text_length = input.message.length;
  if (subject.kind === "session") {
    const { session, target, time, ...sent } = await nudgeSession(ctx, {
      session: subject.session.id,
      text: input.message,
      dry_run,
      force,
      no_submit: false,
    });
    const { side_effect_started, side_effect_completed, submission, pane_pattern_before } = sent;
    return {
      name: session,
      kind: "session",
      target,
      text_length,
      dry_run,
      side_effect_started,
      side_effect_completed,
      submission,
      pane_pattern_before,
      time,
    };
  }
  const sent = await send(ctx, subject, input);
  const time = ctx.host.clock.iso();
  if (!dry_run) subject.folder.appendEvent({ time, type: "nudge", text_length });
  return {
    name: subject.name,
    kind: "folder",
    target: subject.config.tmux_session,
    text_length,
    dry_run,
    ...sent,
    time,
  };
}

type Folder = Extract<WorkerSubject, { kind: "folder" }>;
type Sent = Pick<
  Output<"workers.nudge">,
  "side_effect_started" | "side_effect_completed" | "submission" | "pane_pattern_before"
>;

async function send(ctx: Ctx, subject: Folder, input: Input<"workers.nudge">): Promise<Sent> {
  const target = typingTargetOf(ctx, subject);
  const agent = agentOfWorker(ctx, subject);
  if (input.dry_run) {
    await ctx.host.tmux.prove(target);
    const { pattern } = judgePush(agent.pane.readiness(await ctx.host.tmux.screen(target, 50)), "text");
    return { side_effect_started: false, side_effect_completed: false, submission: null, pane_pattern_before: pattern };
  }
  const facts = { dry_run: false, text_length: input.message.length };
  try {
    const { submission, side_effect_started, side_effect_completed, pane_pattern_before } = await typeText(ctx, {
      agent,
      target,
      // A worker folder names no rollout.
      rollout_path: null,
      author: await authorOfCaller(ctx),
      text: input.message,
      force: input.force,
      onBufferLoaded: () => recordStart(ctx, subject, "nudge", facts),
      signal: ctx.signal,
    });
    await recordEnd(ctx, subject, "nudge", { ...facts, success: true });
    return { submission, side_effect_started, side_effect_completed, pane_pattern_before };
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    await recordEnd(ctx, subject, "nudge", { ...facts, success: false, error: message, error_type: code });
    throw thrown;
  }
}
