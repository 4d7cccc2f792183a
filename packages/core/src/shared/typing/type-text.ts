import type { Attention } from "@conveyor/contracts/agent-status";
import { ConveyorError } from "@conveyor/contracts/errors";
import {
  type Agent,
  endOfRollout,
  findUserInput,
  inputKey,
  judgePush,
  judgeSubmit,
  type PushResult,
  pasteableText,
  type Screen,
  type SubmissionProof,
  type TypingTarget,
} from "@conveyor/host";
import type { HostCtx } from "../../ctx.ts";
import { type Author, attributed } from "./author.ts";

/** A text on its way into an agent's terminal. */
export interface TextForAgent {
  agent: Agent;
  target: TypingTarget;
  /** Where the agent records what it was told; null when it keeps no record, and then nothing is ever confirmed. */
  rollout_path: string | null;
  author: Author;
  /** Content. Empty presses Enter only. */
  text: string;
  /** What the agent's record says that it waits for, where somebody has read it; keeps Enter alone from an approval. */
  unanswered?: Attention | undefined;
  /** Type although the screen speaks against it, as an operator may say; default false. */
  force?: boolean | undefined;
  /** Default: Enter follows. */
  submit?: "enter" | "none" | undefined;
  /** See `PushRequest.onBufferLoaded`. */
  onBufferLoaded?: ((place: InputPlace | null) => void | Promise<void>) | undefined;
  onSubmitted?: (() => void | Promise<void>) | undefined;
  /** Called when the text stands in the composer and Enter is to follow. */
  onPasted?: (() => void) | undefined;
  /** See `PushRequest.wait_for_others_ms`. */
  wait_for_others_ms?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Where the record of a text will stand, and what it is recognised by; `key` is content. */
export interface InputPlace {
  path: string;
  offset: number;
  key: string;
}

/** How it went; `place` is null when no record can ever prove it. */
export type TypedText = PushResult & { place: InputPlace | null };

/**
 * A text as it reaches an agent: without control characters, with the line that says whose words it is, and such that
 * nothing in it acts as a command of the agent's composer (ruling 1 of spec 00). Everything that is typed is made here.
 * Throws `invalid_input` when nothing but control characters was given. Pure.
 */
export function textForAgent({ agent, author, text }: Pick<TextForAgent, "agent" | "author" | "text">): string {
  const clean = pasteableText(text);
  if (text !== "" && clean.trim() === "") {
    throw new ConveyorError("invalid_input", "the text has no character that could be typed", {
      hint: "empty text presses Enter",
    });
  }
  return clean === "" ? "" : agent.pane.messageText(attributed(author, clean));
}

/**
 * Type a text into an agent's terminal and see whether the agent recorded it (rulings 1 and 2 of spec 00): the one way by
 * which text from anybody gets into a registered session. Throws what `Tmux.pushText` throws, and `invalid_input`.
 */
export async function typeText(ctx: HostCtx, request: TextForAgent): Promise<TypedText> {
  const { agent, target, unanswered, force, submit } = request;
  const text = textForAgent(request);
  const judge = (screen: Screen) =>
    judgePush(agent.pane.readiness({ ...screen, unanswered }), text === "" ? "enter" : "text");
  const place = text === "" ? null : placeOf(request, text);
  const onPasted = onceOnly(request.onPasted);
  const sent = await ctx.host.tmux.pushText({
    target,
    text,
    force,
    submit,
    ready: judge,
    readyToSubmit: (screen) => {
      onPasted();
      return judgeSubmit(agent, { ...screen, unanswered }, text);
    },
    onBufferLoaded: () => request.onBufferLoaded?.(place),
    onSubmitted: request.onSubmitted,
    confirm: (screen) => proofOf(agent, place, screen),
    wait_for_others_ms: request.wait_for_others_ms,
    signal: request.signal,
  });
  return { ...sent, place };
}

/** Commands of an agent's own that clean its context; nothing else is typed as a command. */
export type ContextCommand = "/clear" | "/compact";

/**
 * Type a command of the agent's own, such as `/compact`, and press Enter once the composer holds just that: the one thing
 * that acts as a command there (spec 04 §4.9). Throws what `Tmux.pushText` throws.
 */
export async function typeCommand(
  ctx: HostCtx,
  { agent, target, command, signal }: Pick<TextForAgent, "agent" | "signal" | "target"> & { command: ContextCommand },
): Promise<PushResult> {
  return ctx.host.tmux.pushText({
    target,
    text: command,
    ready: (screen) => judgePush(agent.pane.readiness(screen), "text"),
    readyToSubmit: (screen) => judgeSubmit(agent, screen, command),
    confirm: (screen) => proofOf(agent, null, screen),
    signal,
  });
}

function onceOnly(action: (() => void) | undefined): () => void {
  let left = action;
  return () => {
    left?.();
    left = undefined;
  };
}

function placeOf({ agent, rollout_path: path }: TextForAgent, text: string): InputPlace | null {
  if (agent.records === null || path === null) return null;
  const offset = endOfRollout(path);
  return offset === null ? null : { path, offset, key: inputKey(text) };
}

/** Only the agent's own record proves that it was told; what the screen shows says whether Enter was heard. */
function proofOf(agent: Agent, place: InputPlace | null, screen: Screen): SubmissionProof {
  const { records } = agent;
  if (place !== null && records !== null && findUserInput(records, place)?.found === true) return "confirmed";
  const isTaken =
    agent.pane.composerIsEmpty(screen) === true || agent.pane.titleMeaning(screen.title ?? null) === "busy";
  if (isTaken) return place === null ? "unprovable" : "taken";
  // The screen of an unknown program proves nothing, and a second Enter might do harm there.
  return records === null ? "unprovable" : "waiting";
}
