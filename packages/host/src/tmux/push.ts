import { ConveyorError } from "@conveyor/contracts/errors";
import type { TmuxClient } from "./client.ts";
import { screenOf } from "./panes.ts";
import { pasteableText, pressKey, typeInto } from "./paste.ts";
import type { PaneScreen, PushRequest, PushResult, Readiness } from "./types.ts";

const CONFIRM_WITHIN_MS = 2_000;
/** When the first Enter has shown no effect by then, it was probably taken for part of the paste. */
const RETRY_ENTER_AFTER_MS = 1_000;
const LOOK_EVERY_MS = 100;
const DEFAULT_SCREEN_LINES = 50;

/** Patterns that a second Enter cannot harm although the pane is not ready for new text (spec 02 §7.3). */
const SAFE_TO_ENTER_AGAIN: ReadonlySet<string> = new Set(["unsubmitted_input"]);

/** See `Tmux.pushText`. `paneId` is the verified pane of the request's target. */
export async function pushInto(client: TmuxClient, paneId: string, request: PushRequest): Promise<PushResult> {
  const look = () => screenOf(client, paneId, request.screen_lines ?? DEFAULT_SCREEN_LINES);
  const submit = request.submit ?? "enter";
  const { readyToSubmit } = request;

  const verdict = request.ready(await look());
  if (!verdict.ok && !request.force) throw notReady(paneId, verdict);
  if (request.signal?.aborted) throw new ConveyorError("interrupted", `sending to pane ${paneId} was interrupted`);

  await typeInto(client, paneId, {
    text: request.text,
    submit,
    onBufferLoaded: request.onBufferLoaded,
    beforeEnter:
      readyToSubmit &&
      (async () => {
        const beforeEnter = readyToSubmit(await look());
        if (!beforeEnter.ok && !request.force) throw notReady(paneId, beforeEnter);
      }),
  });

  const confirmed = submit === "enter" && (await isConfirmed(client, paneId, request, look));
  return {
    target: paneId,
    submission: confirmed ? "confirmed" : "unconfirmed",
    side_effect_started: true,
    side_effect_completed: true,
    pane_pattern_before: verdict.pattern ?? null,
  };
}

/**
 * Look until something proves that the text was taken. Never throws because of the pane: the text is sent, and that it
 * cannot be proved is an answer.
 */
async function isConfirmed(
  client: TmuxClient,
  paneId: string,
  request: PushRequest,
  look: () => Promise<PaneScreen>,
): Promise<boolean> {
  const { confirm, signal } = request;
  if (confirm === undefined) return false;
  const started = client.clock.monotonic_ms();
  // Enter alone is never repeated: it answered whatever was shown, and would answer the next thing too.
  let mayRetry = pasteableText(request.text) !== "";
  try {
    for (;;) {
      const screen = await look();
      if (await confirm(screen)) return true;
      const elapsed = client.clock.monotonic_ms() - started;
      if (elapsed >= CONFIRM_WITHIN_MS) return false;
      if (mayRetry && elapsed >= RETRY_ENTER_AFTER_MS) {
        mayRetry = false;
        if (enterIsSafe(request.ready(screen))) await pressKey(client, paneId, "C-m");
      }
      await client.clock.sleep(LOOK_EVERY_MS, signal);
    }
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return false;
    throw thrown;
  }
}

function enterIsSafe(verdict: Readiness): boolean {
  return verdict.ok || SAFE_TO_ENTER_AGAIN.has(verdict.pattern);
}

function notReady(paneId: string, verdict: Extract<Readiness, { ok: false }>): ConveyorError {
  return new ConveyorError("pane_not_ready", `pane ${paneId} cannot take text now: ${verdict.reason}`, {
    hint: "answer what the pane asks, or use --force to send anyway",
    details: { pane_id: paneId, pattern: verdict.pattern },
  });
}
