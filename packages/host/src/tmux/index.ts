import { ConveyorError } from "@conveyor/contracts/errors";
import { createClient } from "./client.ts";
import { currentSession } from "./current.ts";
import { assertKeyName } from "./keys.ts";
import { Lanes } from "./lanes.ts";
import { captureRaw, listPanes, paneOf, screenOf, sessionMissing, withoutTrailingNewlines } from "./panes.ts";
import { assertPasteable, pressKey, typeInto } from "./paste.ts";
import { pushInto } from "./push.ts";
import { assertSessionName, startSession } from "./start.ts";
import type { PaneTarget, Tmux, TmuxOptions } from "./types.ts";

export { isKeyName, KEY_NAMES } from "./keys.ts";
export { MAX_PASTE_LENGTH, pasteableText } from "./paste.ts";
export type * from "./types.ts";

/** Speak to one tmux server; nothing is started or checked yet. See `Tmux` for what each call promises (spec 02 §6). */
export function createTmux(options: TmuxOptions = {}): Tmux {
  const client = createClient(options);
  const lanes = new Lanes();

  /** Wait until nobody else types into the session, then find the pane: it may have gone meanwhile. */
  function inTurn<T>(target: PaneTarget, work: (paneId: string) => Promise<T>): Promise<T> {
    return lanes.run(target.session, async () => work((await paneOf(client, target)).pane_id));
  }

  const tmux: Tmux = {
    version: async () => (await client.run([["-V"]])).trim().replace(/^tmux /, ""),
    sessionExists: async (name) => (await listPanes(client)).some((pane) => pane.session === name),
    listPanes: () => listPanes(client),
    paneOf: (target) => paneOf(client, target),
    panePid: async (target) => (await paneOf(client, target)).pid,
    title: async (target) => (await paneOf(client, target)).title,
    capture: async (target, lines) => withoutTrailingNewlines(await tmux.captureRaw(target, lines)),
    captureRaw: async (target, lines) => captureRaw(client, (await paneOf(client, target)).pane_id, lines),
    screen: async (target, lines) => screenOf(client, (await paneOf(client, target)).pane_id, lines),
    currentSession: () => currentSession(client),
    start: (request) => startSession(client, request),

    async kill(session) {
      assertSessionName(session);
      const sessions = (await client.run([["list-sessions", "-F", "#{session_name}"]])).split("\n");
      if (!sessions.includes(session)) throw sessionMissing(session);
      await client.run([["kill-session", "-t", `=${session}`]]);
    },

    async sendKey(target, key) {
      assertKeyName(key);
      await inTurn(target, (paneId) => pressKey(client, paneId, key));
    },

    async submit(target) {
      await inTurn(target, (paneId) => pressKey(client, paneId, "C-m"));
    },

    async pasteText(target, text, pasteOptions = {}) {
      assertPasteable(text);
      await inTurn(target, (paneId) => typeInto(client, paneId, { ...pasteOptions, text, submit: "enter" }));
    },

    async pushText(request) {
      assertPasteable(request.text);
      if (request.text === "" && request.submit === "none") {
        throw new ConveyorError("invalid_input", "there is nothing to send: no text and no Enter");
      }
      return inTurn(request.target, (paneId) => pushInto(client, paneId, request));
    },
  };
  return tmux;
}
