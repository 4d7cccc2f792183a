import type { ModelStep } from "./script.ts";

/** What goes back for one model request: a status, headers and the whole body. */
export type ModelResponse = { status: number; headers: Record<string, string>; body: string };

/** Facts that a response is made from. `number` counts responses from 1; `now_ms` is the time that limits refer to. */
export type ResponseFacts = { number: number; now_ms: number };

/** A step that produces a response by itself. The others (`drop`, `hang`, `hold`) are about the connection. */
export type AnsweringStep = Exclude<ModelStep, { kind: "drop" } | { kind: "hang" } | { kind: "hold" }>;

const STREAM = { "content-type": "text/event-stream", "cache-control": "no-cache" };
const JSON_BODY = { "content-type": "application/json" };
const LIMIT_SECONDS = 3_600;
const USAGE = {
  input_tokens: 1010,
  input_tokens_details: { cached_tokens: 500 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 1060,
};

/** The response for a step, byte for byte as the recorded ones (`fixtures/`). */
export function respondTo(step: AnsweringStep, facts: ResponseFacts): ModelResponse {
  const id = (prefix: string) => `${prefix}_${String(facts.number).padStart(4, "0")}`;
  switch (step.kind) {
    case "say":
      return stream(id("resp"), message(id("msg"), step.text));
    case "plan":
      return stream(id("resp"), message(id("msg"), `Here it is.\n<proposed_plan>\n${step.text}</proposed_plan>\n`));
    case "exec":
      return stream(id("resp"), toolCall(id, { name: "exec_command", arguments: execArguments(step) }));
    case "call":
      return stream(id("resp"), toolCall(id, step));
    case "patch": {
      const input = `*** Begin Patch\n*** Add File: ${step.file}\n+line one\n*** End Patch\n`;
      const item = {
        type: "custom_tool_call",
        id: id("ctc"),
        call_id: id("call"),
        name: "apply_patch",
        status: "completed",
        input,
      };
      return stream(id("resp"), whole(item));
    }
    case "rate_headers": {
      const answer = stream(id("resp"), message(id("msg"), "rate headers"));
      return { ...answer, headers: { ...answer.headers, ...limitHeaders(87, 12, facts) } };
    }
    case "failed": {
      const error = { code: step.code, message: FAILURES[step.code] ?? "refused by the script" };
      const failed = { type: "response.failed", response: { id: id("resp"), status: "failed", error } };
      return {
        status: 200,
        headers: STREAM,
        body: events([{ type: "response.created", response: { id: id("resp") } }, failed]),
      };
    }
    case "limit": {
      const error = {
        type: "usage_limit_reached",
        message: "The usage limit has been reached",
        plan_type: "plus",
        resets_at: resetAt(facts),
        resets_in_seconds: LIMIT_SECONDS,
      };
      return {
        status: 429,
        headers: { ...JSON_BODY, ...limitHeaders(100, 42, facts) },
        body: JSON.stringify({ error }),
      };
    }
    case "rate":
      return failure(429, "rate_limit_exceeded", "Too many requests");
    case "http":
      return failure(step.status, "scripted_failure", `status ${step.status} as the script asked`);
  }
}

const FAILURES: Record<string, string> = { context_length_exceeded: "too long" };

type Item = { type: string; id: string } & Record<string, unknown>;
type Event = { type: string } & Record<string, unknown>;

function execArguments(step: { cmd: string; escalated: boolean; prefix: string[] | undefined }): string {
  if (!step.escalated) return JSON.stringify({ cmd: step.cmd });
  return JSON.stringify({
    cmd: step.cmd,
    sandbox_permissions: "require_escalated",
    justification: "needs to run outside the sandbox",
    prefix_rule: step.prefix,
  });
}

function toolCall(
  id: (prefix: string) => string,
  { name, namespace, arguments: json }: { name: string; namespace?: string | undefined; arguments: string },
): Event[] {
  return whole({ type: "function_call", id: id("fc"), call_id: id("call"), name, namespace, arguments: json });
}

function message(id: string, text: string): Event[] {
  const item = (content: unknown[]) => ({ type: "message", id, role: "assistant", content, phase: "final_answer" });
  return [
    { type: "response.output_item.added", output_index: 0, item: item([]) },
    { type: "response.output_text.delta", item_id: id, output_index: 0, content_index: 0, delta: text },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: item([{ type: "output_text", text, annotations: [] }]),
    },
  ];
}

function whole(item: Item): Event[] {
  return ["response.output_item.added", "response.output_item.done"].map((type) => ({ type, output_index: 0, item }));
}

function stream(id: string, output: Event[]): ModelResponse {
  const created = { type: "response.created", response: { id } };
  const completed = { type: "response.completed", response: { id, usage: USAGE } };
  return { status: 200, headers: STREAM, body: events([created, ...output, completed]) };
}

function events(list: Event[]): string {
  return list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

function failure(status: number, type: string, message: string): ModelResponse {
  return { status, headers: JSON_BODY, body: JSON.stringify({ error: { type, message } }) };
}

function resetAt(facts: ResponseFacts): number {
  return Math.floor(facts.now_ms / 1000) + LIMIT_SECONDS;
}

function limitHeaders(primary: number, secondary: number, facts: ResponseFacts): Record<string, string> {
  const at = String(resetAt(facts));
  return {
    "x-codex-primary-used-percent": String(primary),
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-at": at,
    "x-codex-secondary-used-percent": String(secondary),
    "x-codex-secondary-window-minutes": "10080",
    "x-codex-secondary-reset-at": at,
  };
}
