import type { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import { type Author, type InputPlace, typeText, typingTarget } from "../../shared/typing/index.ts";

/** Short, because a pass has others to serve and comes by again. */
const WAIT_FOR_OTHERS_MS = 2_000;

export interface Push {
  target: dispatchRows.RouteSession;
  author: Author;
  /** Content. */
  text: string;
  /** Nothing has reached the pane yet; when it throws, nothing will. */
  onBufferLoaded(): Promise<void>;
  /** Text and Enter are sent. Called at most once. */
  onSubmitted(): Promise<void>;
}

/** What was sent, and where; the text is content. */
export interface SendResult {
  dry_run: false;
  session: string;
  side_effect_started: true;
  side_effect_completed: true;
  submission: "confirmed" | "unconfirmed";
  target: string;
  text: string;
  time: string;
}

/** The same, and where the agent's record of the text is to be looked for when it is not there yet. */
export interface Sent {
  result: SendResult;
  place: InputPlace | null;
}

/**
 * Type a message into the target's pane (spec 03 §6.5). Throws what `typeText` throws: nothing has reached the pane then,
 * or `details.side_effect_started` is true.
 */
export async function pushThroughTmux(ctx: Ctx, push: Push): Promise<Sent> {
  const { target, author, text } = push;
  const { place, ...sent } = await typeText(ctx, {
    agent: ctx.agents.of(target.agent_kind),
    target: typingTarget(ctx.agents, target),
    rollout_path: target.record_path,
    author,
    text,
    wait_for_others_ms: WAIT_FOR_OTHERS_MS,
    onBufferLoaded: () => push.onBufferLoaded(),
    onPasted: () => crashPoint(ctx, "text_typed"),
    async onSubmitted() {
      crashPoint(ctx, "submitted");
      await push.onSubmitted();
    },
  });
  const result: SendResult = {
    dry_run: false,
    session: target.tmux_session ?? "",
    side_effect_started: sent.side_effect_started,
    side_effect_completed: sent.side_effect_completed,
    submission: sent.submission,
    target: sent.target,
    text,
    time: ctx.host.clock.iso(),
  };
  return { result, place };
}
