import { ConveyorError } from "@conveyor/contracts/errors";
import type { TmuxClient } from "./client.ts";
import { screenOf } from "./panes.ts";
import { pasteableText, pressKey, typeInto } from "./paste.ts";
import type { PaneScreen, PushRequest, PushResult, Readiness } from "./types.ts";

const CONFIRM_WITHIN_MS = 2_000;
/** When the first Enter has shown no effect by then, it was probably taken for part of the paste. */
const RETRY_ENTER_AFTER_MS = 1_000;
const LOOK_EVERY_MS = 100;
/** How long a program may take to show what was pasted. */
const DRAWN_WITHIN_MS = 2_000;
const DEFAULT_SCREEN_LINES = 50;

/** The pattern of a text in the composer that was not sent (spec 02 §7.3). */
const DRAFT = "unsubmitted_input";

/**
 * See `Tmux.pushText`. `paneId` is the verified pane of the request's target; `guard` throws when the expected agent has
 * not its keyboard any more.
 */
export async function pushInto(
  client: TmuxClient,
  paneId: string,
  request: PushRequest,
  guard: () => Promise<void>,
): Promise<PushResult> {
  const look = () => screenOf(client, paneId, request.screen_lines ?? DEFAULT_SCREEN_LINES);
  const submit = request.submit ?? "enter";

  const verdict = request.ready(await look());
  if (!verdict.ok && !request.force) throw notReady(paneId, verdict);
  if (request.signal?.aborted) throw new ConveyorError("interrupted", `sending to pane ${paneId} was interrupted`);

  await typeInto(client, paneId, {
    text: request.text,
    submit,
    beforeTouch: guard,
    onBufferLoaded: request.onBufferLoaded,
    async beforeEnter() {
      await guard();
      if (!request.force) await untilSubmittable(client, paneId, request, { look, guard });
    },
  });

  const confirmed = submit === "enter" && (await isConfirmed(client, paneId, request, { look, guard }));
  return {
    target: paneId,
    submission: confirmed ? "confirmed" : "unconfirmed",
    side_effect_started: true,
    side_effect_completed: true,
    pane_pattern_before: verdict.pattern ?? null,
  };
}

/**
 * Wait until the composer shows the pasted text and nothing else. On a busy machine it is drawn late. Where it is still
 * shown empty after the time, Enter follows anyway: it has nothing else to send and nothing to answer, and without
 * it the text would wait unseen for the next one to type. Throws `composer_not_empty` when another text stands there, and
 * `pane_not_ready` at once for anything else that came up.
 */
async function untilSubmittable(
  client: TmuxClient,
  paneId: string,
  { ready, readyToSubmit }: PushRequest,
  { look, guard }: { look: () => Promise<PaneScreen>; guard: () => Promise<void> },
): Promise<void> {
  if (readyToSubmit === undefined) return;
  const started = client.clock.monotonic_ms();
  for (;;) {
    const screen = await look();
    const verdict = readyToSubmit(screen);
    if (verdict.ok) return;
    if (verdict.pattern !== DRAFT) throw notReady(paneId, verdict);
    if (client.clock.monotonic_ms() - started >= DRAWN_WITHIN_MS) {
      if (ready(screen).ok) return;
      throw notReady(paneId, verdict);
    }
    await client.clock.sleep(LOOK_EVERY_MS);
    await guard();
  }
}

/**
 * Look until something proves that the text was taken. Never throws because of the pane: the text is sent, and that it
 * cannot be proved is an answer.
 */
async function isConfirmed(
  client: TmuxClient,
  paneId: string,
  request: PushRequest,
  { look, guard }: { look: () => Promise<PaneScreen>; guard: () => Promise<void> },
): Promise<boolean> {
  const { confirm, signal, onSubmitted } = request;
  await onSubmitted?.();
  if (confirm === undefined) return false;
  const started = client.clock.monotonic_ms();
  // Enter alone is never repeated: it answered whatever was shown, and would answer the next thing too.
  let mayRetry = pasteableText(request.text) !== "";
  try {
    for (;;) {
      const screen = await look();
      const proof = await confirm(screen);
      if (proof === "confirmed" || proof === "unprovable") return proof === "confirmed";
      // What stands in the composer from now on is somebody else's.
      if (proof === "taken") mayRetry = false;
      const elapsed = client.clock.monotonic_ms() - started;
      if (elapsed >= CONFIRM_WITHIN_MS) return false;
      if (mayRetry && elapsed >= RETRY_ENTER_AFTER_MS) {
        mayRetry = false;
        if (enterIsSafe(request, screen)) {
          await guard();
          await pressKey(client, paneId, "C-m");
        }
      }
      await client.clock.sleep(LOOK_EVERY_MS, signal);
    }
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return false;
    throw thrown;
  }
}

/** What may be submitted once may be submitted again; a caller that cannot tell knows its text by the draft. */
function enterIsSafe({ ready, readyToSubmit }: PushRequest, screen: PaneScreen): boolean {
  if (readyToSubmit !== undefined) return readyToSubmit(screen).ok;
  const verdict = ready(screen);
  return verdict.ok || verdict.pattern === DRAFT;
}

function notReady(paneId: string, verdict: Extract<Readiness, { ok: false }>): ConveyorError {
  const details = { pane_id: paneId, pattern: verdict.pattern };
  if (verdict.pattern === DRAFT) {
    return new ConveyorError(
      "composer_not_empty",
      `in the composer of pane ${paneId} stands a text that was not sent`,
      {
        hint: "send or clear it there first; both would go out as one message",
        details,
      },
    );
  }
  return new ConveyorError("pane_not_ready", `pane ${paneId} cannot take text now: ${verdict.reason}`, {
    hint: "answer what the pane asks, or use --force to send anyway",
    details,
  });
}
