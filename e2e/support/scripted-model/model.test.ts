import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type ModelScript, type ScriptedModel, startScriptedModel } from "./model.ts";

const FIXTURE_NOW = (1_793_610_000 - 3_600) * 1000;
const open: ScriptedModel[] = [];

afterEach(async () => {
  for (const model of open.splice(0)) await model.close();
});

const start = async (script: ModelScript = {}) => {
  const model = await startScriptedModel({ now: () => FIXTURE_NOW, ...script });
  open.push(model);
  return model;
};

type Ask = { turn?: string; kind?: string; source?: string; items?: unknown[]; signal?: AbortSignal };

/** Ask as the agent does: its own texts first, then what the person said. */
function ask(
  model: ScriptedModel,
  texts: string[],
  { turn = "t1", kind = "turn", source = "user", items = [], signal }: Ask = {},
) {
  const said = ["<environment_context>x</environment_context>", ...texts].map((text) => ({
    type: "message",
    role: "user",
    content: [{ type: "input_text", text }],
  }));
  const metadata = { turn_id: turn, request_kind: kind, thread_source: source };
  return fetch(`${model.url}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-codex-turn-metadata": JSON.stringify(metadata) },
    body: JSON.stringify({ model: "scripted", stream: true, input: [...said, ...items] }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function fixture(name: string) {
  const text = readFileSync(new URL(`./fixtures/${name}.http`, import.meta.url), "utf8").replaceAll("\r\n", "\n");
  const [head = "", ...rest] = text.split("\n\n");
  const [status = "", ...headers] = head.split("\n");
  return {
    status: Number(status.split(" ")[1]),
    headers: headers.map((line) => line.split(": ")),
    body: rest.join("\n\n"),
  };
}

describe("responses of the scripted model", () => {
  it.each([
    ["say", "say All tests pass."],
    ["exec", "exec npm test"],
    ["escalated-exec", "esc npm publish"],
    ["apply-patch", "patch src/new.ts"],
    ["mcp-call", 'call worker_inbox@mcp__conveyor {"task":"auth"}'],
    ["usage-limit", "limit"],
    ["rate-limit-headers", "ratehdr"],
    ["context-window", "failed context_length_exceeded"],
  ])("are byte for byte the recorded ones: %s", async (name, step) => {
    const expected = fixture(name);
    const response = await ask(await start(), [`do: ${step}`]);
    expect(response.status).toBe(expected.status);
    for (const [key = "", value] of expected.headers) expect([key, response.headers.get(key)]).toEqual([key, value]);
    expect((await response.text()).trimEnd()).toBe(expected.body.trimEnd());
  });

  it("answers with other status codes, and drops the connection, when told to", async () => {
    const model = await start();
    expect((await ask(model, ["do: http 503"])).status).toBe(503);
    expect(await (await ask(model, ["do: rate"], { turn: "t2" })).text()).toContain("rate_limit_exceeded");
    await expect(ask(model, ["do: drop"], { turn: "t3" })).rejects.toThrow();
  });

  it("knows nothing but the responses endpoint", async () => {
    const model = await start();
    expect((await fetch(`${model.url}/models`)).status).toBe(404);
    expect(model.requests.map((request) => request.url)).toEqual(["/v1/models"]);
  });
});

describe("the position in the script", () => {
  it("moves by one per request of a turn and is kept for each turn", async () => {
    const model = await start();
    const text = ["do: exec one | say two"];
    expect(await (await ask(model, text)).text()).toContain('\\"cmd\\":\\"one\\"');
    const taken = { items: [{ type: "function_call_output", call_id: "call_0001", output: "" }] };
    expect(await (await ask(model, text, { turn: "other" })).text()).toContain('\\"cmd\\":\\"one\\"');
    expect(await (await ask(model, text, taken)).text()).toContain('"delta":"two"');
    expect(await (await ask(model, text, taken)).text()).toContain('"delta":"ok."');
  });

  it("gives a step again when a message typed meanwhile made the agent drop the answer", async () => {
    const model = await start();
    await (await ask(model, ["do: exec one | say two"])).text();
    const again = await (await ask(model, ["do: exec one | say two", "do: say three"])).text();
    expect(again).toContain('\\"cmd\\":\\"one\\"');
  });

  it("gives the default answer to a text without steps, a title and a summary when the agent asks for them", async () => {
    const model = await start({ default_answer: "First answer." });
    expect(await (await ask(model, ["hello"])).text()).toContain("First answer.");
    expect(await (await ask(model, ["do: exec x"], { turn: "t2", source: "thread_title" })).text()).toContain(
      "Scripted work",
    );
    expect(await (await ask(model, ["do: exec x"], { turn: "t3", kind: "compaction" })).text()).toContain(
      "Summary of the work",
    );
    expect(model.requests.map((request) => request.user_text)).toEqual(["hello", "do: exec x", "do: exec x"]);
  });

  it("keeps a turn waiting at a gate until the test releases it", async () => {
    const model = await start();
    let answered = false;
    const answer = ask(model, ["do: hold door | say through"]).then(async (response) => {
      answered = true;
      return response.text();
    });
    await model.reached("door");
    expect(answered).toBe(false);
    model.release("door");
    expect(await answer).toContain('"delta":"through"');
  });

  it("forgets a request that was broken off at a gate", async () => {
    const model = await start();
    const control = new AbortController();
    const broken = ask(model, ["do: hold door | say through"], { signal: control.signal }).catch(() => "broken");
    await model.reached("door");
    control.abort();
    expect(await broken).toBe("broken");
    model.release("door");
    expect(await (await ask(model, ["do: say next"], { turn: "t2" })).text()).toContain('"delta":"next"');
  });
});
