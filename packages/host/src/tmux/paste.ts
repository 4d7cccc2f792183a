import { randomUUID } from "node:crypto";
import { ConveyorError, ownHint } from "@conveyor/contracts/errors";
import { plainText } from "../plain-text.ts";
import type { TmuxClient, TmuxCommand } from "./client.ts";
import { quoteForTmux } from "./quote.ts";
import type { PasteOptions } from "./types.ts";

/** Longest text for one paste, in UTF-16 units; the same as the protocol transports allow (spec 08 §8.2). */
export const MAX_PASTE_LENGTH = 1_048_576;
/** A terminal program that gets Enter sooner after a paste takes it for part of the paste (spec 02 §6 item 3). */
const PAUSE_BEFORE_ENTER_MS = 150;

/** A text as it can be pasted safely. */
export { plainText as pasteableText };

/** Throws `invalid_input` when the text is too long for one paste. */
export function assertPasteable(text: string): void {
  if (text.length <= MAX_PASTE_LENGTH) return;
  throw new ConveyorError("invalid_input", `the text has ${text.length} characters; at most ${MAX_PASTE_LENGTH} fit`, {
    hint: "put it into a file and send its path",
    details: { text_length: text.length },
  });
}

/** Does nothing in a pane that is in no mode; in copy mode and its like the keys would go to the mode. */
function leaveModes(paneId: string): TmuxCommand {
  return ["copy-mode", "-q", "-t", paneId];
}

const SYNCHRONIZED = "conveyor: pane is synchronized";

/**
 * Do something with a pane unless its neighbours would get it too. tmux looks and acts in one go, so that nobody can couple
 * the panes in between. Throws `pane_synchronized`.
 */
async function touchAlone(client: TmuxClient, paneId: string, action: string): Promise<void> {
  const said = await client.run([
    leaveModes(paneId),
    ["if-shell", "-F", "-t", paneId, "#{pane_synchronized}", `display-message -p '${SYNCHRONIZED}'`, action],
  ]);
  if (said.includes(SYNCHRONIZED)) throw paneSynchronized(paneId);
}

export function paneSynchronized(paneId: string): ConveyorError {
  return new ConveyorError("pane_synchronized", `what is typed into pane ${paneId} would go to its neighbours too`, {
    hint: "turn it off in that window: tmux set-window-option synchronize-panes off",
    details: { pane_id: paneId },
  });
}

/** Press a key that tmux knows. Throws `pane_synchronized` and the codes of tmux. */
export async function pressKey(client: TmuxClient, paneId: string, key: string): Promise<void> {
  await touchAlone(client, paneId, `send-keys -t ${paneId} -- ${quoteForTmux(key)}`);
}

export interface TypeRequest extends PasteOptions {
  text: string;
  submit: "enter" | "none";
  /** Awaited before the side effect is announced; throws when the pane must not be touched. */
  beforeTouch?: (() => Promise<void>) | undefined;
  /** Awaited between paste and Enter; throws to keep the Enter back. */
  beforeEnter?: (() => Promise<void>) | undefined;
}

/**
 * Bring text into a pane and press Enter (spec 02 §6 items 2 to 5, 03 §6.5). Whatever fails after `onBufferLoaded` has
 * returned carries `details.side_effect_started: true`.
 */
export async function typeInto(client: TmuxClient, paneId: string, request: TypeRequest): Promise<void> {
  const text = plainText(request.text);
  if (text === "") {
    await request.beforeTouch?.();
    await request.onBufferLoaded?.();
    if (request.submit === "enter") await marked(() => pressKey(client, paneId, "C-m"));
    return;
  }
  const buffer = `conveyor-${randomUUID()}`;
  let pasted = false;
  try {
    await client.run([["load-buffer", "-b", buffer, "-"]], { input: text });
    await request.beforeTouch?.();
    await request.onBufferLoaded?.();
    await marked(async () => {
      await touchAlone(client, paneId, `paste-buffer -p -d -b ${buffer} -t ${paneId}`);
      pasted = true;
      if (request.submit === "none") return;
      await client.clock.sleep(PAUSE_BEFORE_ENTER_MS);
      await request.beforeEnter?.();
      await pressKey(client, paneId, "C-m");
    });
  } finally {
    // `paste-buffer -d` has deleted it only when the paste succeeded.
    if (!pasted) await client.run([["delete-buffer", "-b", buffer]]).catch(() => undefined);
  }
}

/** Run the part of a push that touches the pane; its errors say that the pane may have changed. */
async function marked(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError)) throw thrown;
    throw new ConveyorError(thrown.code, thrown.message, {
      hint: ownHint(thrown) ?? "the text may stand in the composer: look at the pane before sending it again",
      details: { ...thrown.details, side_effect_started: true, side_effect_completed: false },
      cause: thrown,
    });
  }
}
