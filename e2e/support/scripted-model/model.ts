import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AnsweringStep, respondTo } from "./responses.ts";
import { type ModelStep, parseModelScript } from "./script.ts";

/** What the model does for turns whose text holds no `do:` line, and the time its limits refer to. */
export type ModelScript = {
  /** Answer to a text without a `do:` line. */
  default_answer?: string;
  /** Steps (in the same language, `a | b`) for such texts, instead of the answer. */
  default_steps?: string;
  /** Clock of the reset times in limit responses. */
  now?: () => number;
};

/** One request that reached the model. */
export type ModelRequest = {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** Parsed JSON body, null when there was none. */
  body: Record<string, unknown> | null;
  /** The turn that asked, from the agent's own header. */
  turn_id: string | undefined;
  request_kind: string | undefined;
  thread_source: string | undefined;
  /** The newest thing a person said, as the model sees it. */
  user_text: string;
};

/** A running scripted model. */
export type ScriptedModel = {
  /** Base URL to configure in the agent, without `/responses`. */
  url: string;
  /** Every request so far, oldest first. */
  requests: readonly ModelRequest[];
  /** Resolves when a request waits at the gate of a `hold NAME` step. */
  reached(gate: string): Promise<void>;
  /** Let the requests that wait at a gate, and all later ones, go on. */
  release(gate: string): void;
  close(): Promise<void>;
};

/** `open_call` is the tool call that the last response made, until a request shows that the agent took it. */
type Turn = { steps: ModelStep[]; position: number; user_text: string; open_call: string | undefined };
type Gate = { reached: Promise<void>; reach: () => void; opened: Promise<void>; open: () => void };

const NO_TURN = "no turn";
const SUMMARY = "Summary of the work so far.";
const TITLE = "Scripted work";

/**
 * Start the model endpoint on a free loopback port. The agent's prompts say what the model does: the steps of the
 * newest text's `do:` line, one per request, counted per turn (spec 08 §8.19.1); after the last step it says "ok.".
 */
export async function startScriptedModel(script: ModelScript = {}): Promise<ScriptedModel> {
  const requests: ModelRequest[] = [];
  const turns = new Map<string, Turn>();
  const gates = new Map<string, Gate>();
  const now = script.now ?? Date.now;
  let responses = 0;

  const gate = (name: string): Gate => {
    const known = gates.get(name);
    if (known !== undefined) return known;
    let reach = () => {};
    let open = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const made = { reached, reach, opened, open };
    gates.set(name, made);
    return made;
  };

  const nextStep = (request: ModelRequest): ModelStep => {
    if (request.thread_source === "thread_title") return say(TITLE);
    if (request.request_kind === "compaction") return say(SUMMARY);
    const key = request.turn_id ?? NO_TURN;
    const turn = turns.get(key) ?? { steps: [], position: 0, user_text: "", open_call: undefined };
    turns.set(key, turn);
    if (request.user_text !== turn.user_text) {
      const first = turn.user_text === "";
      const told = parseModelScript(request.user_text) ?? (first ? defaultSteps(script) : []);
      turn.steps.push(...told);
      turn.user_text = request.user_text;
    }
    // A message typed during a turn makes the agent drop the answer that is under way: give that step again.
    const dropped = turn.open_call !== undefined && !JSON.stringify(request.body?.input).includes(turn.open_call);
    if (dropped) turn.position -= 1;
    turn.open_call = undefined;
    const step = turn.steps[turn.position];
    turn.position += 1;
    return step ?? say("ok.");
  };

  const answer = async (request: ModelRequest, response: ServerResponse): Promise<void> => {
    let step = nextStep(request);
    while (step.kind === "hold") {
      const { reach, opened } = gate(step.gate);
      reach();
      await opened;
      if (response.destroyed) return;
      step = nextStep(request);
    }
    if (step.kind === "hang") return;
    if (step.kind === "drop") {
      response.socket?.destroy();
      return;
    }
    if (step.kind === "say" && step.after_ms > 0) await delay(step.after_ms);
    responses += 1;
    const body = send(response, step, responses, now());
    const turn = turns.get(request.turn_id ?? NO_TURN);
    if (turn !== undefined) turn.open_call = /"call_id":"([^"]+)"/.exec(body)?.[1];
  };

  const server = createServer((incoming, response) => {
    readRequest(incoming)
      .then((request) => {
        requests.push(request);
        if (request.method === "POST" && request.url === "/v1/responses") return answer(request, response);
        response.writeHead(404, { "content-type": "application/json" }).end('{"error":{"message":"not found"}}');
        return undefined;
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    reached: (name) => gate(name).reached,
    release: (name) => gate(name).open(),
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

const say = (text: string): ModelStep => ({ kind: "say", text, after_ms: 0 });
const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function defaultSteps(script: ModelScript): ModelStep[] {
  if (script.default_steps !== undefined) return parseModelScript(`do: ${script.default_steps}`) ?? [];
  return [say(script.default_answer ?? "ok.")];
}

function send(response: ServerResponse, step: AnsweringStep, number: number, nowMs: number): string {
  const { status, headers, body } = respondTo(step, { number, now_ms: nowMs });
  response.writeHead(status, headers);
  response.end(body);
  return body;
}

async function readRequest(incoming: IncomingMessage): Promise<ModelRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const body = text === "" ? null : (JSON.parse(text) as Record<string, unknown>);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const turn = JSON.parse(headers["x-codex-turn-metadata"] ?? "{}") as Record<string, string | undefined>;
  return {
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    headers,
    body,
    turn_id: turn.turn_id,
    request_kind: turn.request_kind,
    thread_source: turn.thread_source,
    user_text: newestUserText(body),
  };
}

/** Text that the agent itself writes in the role of the user (environment, interruption notes, project files). */
const HARNESS_TEXT = /^\s*(?:<[a-z_]+>|# AGENTS\.md instructions)/;

function newestUserText(body: Record<string, unknown> | null): string {
  const input = Array.isArray(body?.input) ? (body.input as Record<string, unknown>[]) : [];
  for (const item of input.toReversed()) {
    if (item.type !== "message" || item.role !== "user" || !Array.isArray(item.content)) continue;
    const text = (item.content as { text?: string }[]).map((part) => part.text ?? "").join("\n");
    if (!HARNESS_TEXT.test(text)) return text;
  }
  return "";
}
