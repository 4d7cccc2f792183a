import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plantedSecrets } from "../../packages/store/src/testing/planted-secrets.ts";
import { RouterWorld } from "./router-world.ts";

/** Where free text is taken: procedure, and its input for a text. A new field is a new row. */
const PLACES: [path: string, input: (text: string, id: string) => Record<string, unknown>][] = [
  ["tasks.create", (text, id) => ({ name: `t${id}`, goal: text, summary: text })],
  [
    "criteria.add",
    (text) => ({
      task: "auth",
      criterion: text,
      source: "manager_inferred",
      proof: text,
      rationale: text,
      evidence: { note: text, deep: [{ [`k ${text}`.slice(0, 900)]: text }] },
    }),
  ],
  [
    "decisions.record",
    (text) => ({ task: "auth", decision: "nudge", reason: text, payload: { note: text, list: [text] } }),
  ],
  ["dispatch.enqueueNudgeWorker", (text, id) => ({ task: "auth", message: text, correlation_id: `c${id}` })],
  ["dispatch.enqueueNotifyManager", (text) => ({ task: "auth", message: text, evidence: { note: text } })],
  [
    "workers.updateStatus",
    (text) => ({ name: "w", state: "blocked", current_task: text, next_action: text, blocker: text }),
  ],
  ["tasks.create", (_text, id) => ({ name: `f${id}`, goal: "end well" })],
  ["tasks.finish", (text, id) => ({ task: `f${id}`, reason: text })],
];

/** What shows stored text: procedure and input. Each is asked for as much as it ever shows. */
const SURFACES: [path: string, input: Record<string, unknown>][] = [
  ["tasks.list", {}],
  ["tasks.onChange", {}],
  ["criteria.list", { task: "auth" }],
  ["audit.show", { task: "auth", include_content: true }],
  ["audit.replay", { task: "auth", include_content: true, format: "timeline" }],
  ["audit.replay", { task: "auth", include_content: true, format: "full-transcript" }],
  ["audit.show", { task: "f0", include_content: true }],
  ["audit.replay", { task: "f0", include_content: true, format: "full-transcript" }],
  ["audit.trace", { correlation_id: "c1" }],
  ["sessions.list", {}],
  ["workers.list", {}],
  ["dispatch.commands", { include_content: true, attempts: true }],
  ["dispatch.deadCommands", {}],
  ["dispatch.overview", { include_content: true }],
  ["telemetry.list", { limit: 10_000 }],
  ["telemetry.summary", {}],
  ["discovery.discover", { query: "", all: true, limit: 1000 }],
  ["observation.cycle", { task: "auth" }],
  ["observation.tail", { session: "w", limit: 1000, include_content: true }],
];

const secrets = plantedSecrets();
let world: RouterWorld;
/** The messages that the worker found in its inbox. */
const delivered: string[] = [];

/** Deliver what is queued for the worker, which answers each message with a document that says the same. */
async function answerEverything(): Promise<void> {
  type Inbox = { consumed: { id: number; payload: { message: string } } | null };
  await world.call("dispatch.run", { limit: 500 });
  for (;;) {
    const { consumed } = await world.call<Inbox>("inbox.takeWorker", { task: "auth" });
    if (consumed === null) return;
    const { message } = consumed.payload;
    delivered.push(message);
    const own = { task: "auth", role: "worker", notification_id: consumed.id };
    await world.call("inbox.acknowledge", { ...own, status: "received", payload: { summary: message } });
    const payload = { summary: message, blockers: [message], evidence: { [message.slice(0, 100)]: message } };
    await world.call("inbox.acknowledge", { ...own, status: "blocked", payload });
  }
}

beforeAll(async () => {
  world = new RouterWorld();
  await world.pair("auth", "w", "m");
  for (const [index, [, text]] of secrets.entries()) {
    for (const [path, input] of PLACES) await world.call(path, input(text, String(index)));
  }
  await answerEverything();
  const records = secrets.map(([, text]) => ({
    timestamp: "2026-01-01T00:00:01.000Z",
    type: "event_msg",
    payload: { type: "agent_message", message: text, plan: [{ step: text }], explanation: text },
  }));
  world.rollout("w.jsonl", `0199a213-81c0-7800-8aa1-${Buffer.from("w-----").toString("hex")}`, records);
  await world.call("observation.ingest", { session: "w" });
}, 120_000);
afterAll(() => world.close());

/** Which of the planted secrets a text shows. */
const shownIn = (text: string) => secrets.filter(([, , secret]) => text.includes(secret)).map(([what]) => what);

describe.each(SURFACES)("%s", (path, input) => {
  it("shows no secret, whatever is asked for", async () => {
    const answers = await world.answers(path, input, {
      patience_ms: path.endsWith("onChange") ? 500 : 30_000,
      most: 500,
    });
    const text = JSON.stringify(answers);
    expect(answers.filter((answer) => "error" in answer)).toEqual([]);
    expect(shownIn(text)).toEqual([]);
  });
});

it.each(["events", "telemetry_events", "telemetry_events_fts"])("table %s never holds one", async (table) => {
  const rows = await world.runtime.ledger.open("read").peek((tx) => tx.sql.search(`SELECT * FROM ${table}`).all());
  expect(rows.length).toBeGreaterThan(0);
  expect(shownIn(JSON.stringify(rows))).toEqual([]);
});

it("delivers a message as it was written", () => {
  expect(new Set(delivered)).toEqual(new Set(secrets.map(([, text]) => text)));
});

it("never shows an identity token, redaction asked for or not", async () => {
  const tokens = await world.runtime.ledger
    .open("read")
    .peek((tx) => tx.sql.search("SELECT identity_token FROM sessions").all());
  expect(tokens).toHaveLength(2);
  for (const redact_identity_token of [false, true]) {
    const shown = JSON.stringify([
      await world.call("sessions.list", { redact_identity_token }),
      await world.call("discovery.discover", { query: "", all: true }),
      await world.answers("sessions.onChange", {}, { patience_ms: 500 }),
    ]);
    for (const { identity_token } of tokens as { identity_token: string }[])
      expect(shown).not.toContain(identity_token);
  }
});
