import { agentOfKind, judgePush, judgeSubmit, type Screen } from "@conveyor/host";
import type { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { crashPoint } from "../../shared/crash-hook.ts";

export interface Push {
  target: dispatchRows.RouteSession;
  /** Content. */
  text: string;
  /** Nothing has reached the pane yet; when it throws, nothing will. */
  onBufferLoaded(): Promise<void>;
  /** Text and Enter are sent. Called at most once, and only where the agent's screen can prove that it took them. */
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

/**
 * Type a message into the target's pane (spec 03 §6.5). Throws `pane_not_ready` while the pane asks for a human, and what
 * `Tmux.pushText` throws.
 */
export async function pushThroughTmux(ctx: Ctx, push: Push): Promise<SendResult> {
  const { target, text } = push;
  const session = target.tmux_session ?? "";
  const agent = agentOfKind(target.agent_kind);
  const { kind, pane } = agent;
  const message = pane.messageText(text);
  const { readiness, composerIsEmpty, titleMeaning } = pane;
  let submitted = false;
  const sent = await ctx.host.tmux.pushText({
    target: { session, pane_id: target.tmux_pane_id },
    text: message,
    ready: (screen) => judgePush(readiness(screen), "text"),
    readyToSubmit: (screen) => {
      crashPoint(ctx, "text_typed");
      return judgeSubmit(agent, screen, message);
    },
    onBufferLoaded: () => push.onBufferLoaded(),
    // The screen of an unknown program proves nothing, and a second Enter might do harm there.
    ...(kind !== "generic" && {
      confirm: async (screen: Screen) => {
        if (!submitted) {
          crashPoint(ctx, "submitted");
          await push.onSubmitted();
        }
        submitted = true;
        return composerIsEmpty(screen) === true || titleMeaning(screen.title ?? null) === "busy";
      },
    }),
  });
  return {
    dry_run: false,
    session,
    side_effect_started: sent.side_effect_started,
    side_effect_completed: sent.side_effect_completed,
    submission: sent.submission,
    target: sent.target,
    text,
    time: ctx.host.clock.iso(),
  };
}
