import { ConveyorError } from "@conveyor/contracts/errors";
import { agentAbsence } from "../processes/agent-proof.ts";
import { createProcesses } from "../processes/index.ts";
import { attachIn } from "./attach.ts";
import { createClient, type TmuxClient } from "./client.ts";
import { currentSession } from "./current.ts";
import { holdPane } from "./keyboard.ts";
import { assertKeyName } from "./keys.ts";
import { Lanes } from "./lanes.ts";
import { asOnlyTypist, WAIT_FOR_OTHERS_MS } from "./pane-lock.ts";
import {
  captureRaw,
  colouredHistory,
  listPanes,
  paneOf,
  screenOf,
  sessionMissing,
  withoutTrailingNewlines,
} from "./panes.ts";
import { assertPasteable, paneSynchronized, pressKey, typeInto } from "./paste.ts";
import { pushInto } from "./push.ts";
import { assertSessionName, startSession } from "./start.ts";
import type { Pane, Tmux, TmuxOptions, TypingTarget } from "./types.ts";

export { isKeyName, KEY_NAMES } from "./keys.ts";
export { MAX_PASTE_LENGTH, pasteableText } from "./paste.ts";
export * from "./types.ts";

/** How long a person waits for a message that is just being typed, in milliseconds. */
const HANDS_WAIT_MS = 5_000;

/** Speak to one tmux server; nothing is started or checked yet. See `Tmux` for what each call promises (spec 02 §6). */
export function createTmux(options: TmuxOptions = {}): Tmux {
  const client = createClient(options);
  const others = new Map<string, TmuxClient>();
  const lanes = new Lanes();
  const processes = options.processes ?? createProcesses({ env: client.env });
  let ownSocket: string | undefined;

  /** How to speak to the server that something was recorded on. */
  function clientOf(socket_path: string | null | undefined): TmuxClient {
    if (socket_path == null || socket_path === options.socket_path) return client;
    const known = others.get(socket_path) ?? createClient({ ...options, socket_path });
    others.set(socket_path, known);
    return known;
  }

  async function prove(target: TypingTarget): Promise<Pane> {
    const pane = await paneOf(clientOf(target.socket_path), target);
    const absence = agentAbsence(await processes.tree(pane.pid), target.agent);
    if (absence !== null) throw agentGone(target.session, pane.pane_id, absence);
    if (pane.synchronized) throw paneSynchronized(pane.pane_id);
    return pane;
  }

  /**
   * Wait until nobody else types into the pane, in this process first and then in any other, and see that the agent has
   * its keyboard: both may have changed meanwhile.
   */
  async function inTurn<T>(
    target: TypingTarget,
    work: (typing: Typing) => Promise<T>,
    wait_ms = WAIT_FOR_OTHERS_MS,
  ): Promise<T> {
    const client = clientOf(target.socket_path);
    return lanes.run(target.session, async () => {
      const { pane_id } = await paneOf(client, target);
      const guard = async () => void (await prove({ ...target, pane_id }));
      return asOnlyTypist(client, processes, { paneId: pane_id, wait_ms }, async () => {
        await guard();
        return work({ client, paneId: pane_id, guard });
      });
    });
  }

  const tmux: Tmux = {
    version: async () => (await client.run([["-V"]])).trim().replace(/^tmux /, ""),
    async socketPath() {
      ownSocket ??= (await client.run([["display-message", "-p", "#{socket_path}"]])).trimEnd();
      return ownSocket;
    },
    sessionExists: async (name) => (await listPanes(client)).some((pane) => pane.session === name),
    listPanes: (socket_path) => listPanes(clientOf(socket_path)),
    paneOf: (target) => paneOf(clientOf(target.socket_path), target),
    panePid: async (target) => (await tmux.paneOf(target)).pid,
    title: async (target) => (await tmux.paneOf(target)).title,
    capture: async (target, lines) => withoutTrailingNewlines(await tmux.captureRaw(target, lines)),
    captureRaw: async (target, lines) =>
      captureRaw(clientOf(target.socket_path), (await tmux.paneOf(target)).pane_id, lines),
    screen: async (target, lines) => screenOf(clientOf(target.socket_path), (await tmux.paneOf(target)).pane_id, lines),
    history: async (target, lines) =>
      colouredHistory(clientOf(target.socket_path), (await tmux.paneOf(target)).pane_id, lines),
    currentSession: () => currentSession(client),
    async attach(target, size) {
      const { session } = await tmux.paneOf(target);
      return attachIn(clientOf(target.socket_path), session, size);
    },
    async holdKeyboard(target, onLost) {
      const client = clientOf(target.socket_path);
      const { pane_id } = await paneOf(client, target);
      return holdPane(client, processes, { paneId: pane_id, wait_ms: HANDS_WAIT_MS, onLost });
    },
    start: (request) => startSession(client, request),
    prove,

    async kill(session, socket_path) {
      assertSessionName(session);
      const client = clientOf(socket_path);
      const sessions = (await client.run([["list-sessions", "-F", "#{session_name}"]])).split("\n");
      if (!sessions.includes(session)) throw sessionMissing(session);
      await client.run([["kill-session", "-t", `=${session}`]]);
    },

    async sendKey(target, key) {
      assertKeyName(key);
      await inTurn(target, ({ client, paneId }) => pressKey(client, paneId, key));
    },

    async submit(target) {
      await inTurn(target, ({ client, paneId }) => pressKey(client, paneId, "C-m"));
    },

    async pasteText(target, text, pasteOptions = {}) {
      assertPasteable(text);
      await inTurn(target, ({ client, paneId, guard }) =>
        typeInto(client, paneId, { ...pasteOptions, text, submit: "enter", beforeTouch: guard, beforeEnter: guard }),
      );
    },

    async pushText(request) {
      assertPasteable(request.text);
      if (request.text === "" && request.submit === "none") {
        throw new ConveyorError("invalid_input", "there is nothing to send: no text and no Enter");
      }
      const { target, wait_for_others_ms } = request;
      const push = ({ client, paneId, guard }: Typing) => pushInto(client, paneId, request, guard);
      return inTurn(target, push, wait_for_others_ms);
    },
  };
  return tmux;
}

interface Typing {
  client: TmuxClient;
  paneId: string;
  /** Throws when the agent has not the keyboard of the pane any more. */
  guard: () => Promise<void>;
}

function agentGone(session: string, pane_id: string, absence: string): ConveyorError {
  return new ConveyorError("agent_gone", `the agent is not in pane ${pane_id} of ${session}: ${absence}`, {
    hint: "start it again there and register it again, or queue the message: it then waits in the inbox",
    details: { session, pane_id, reason: absence },
  });
}
