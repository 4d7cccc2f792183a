import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withWorld } from "../support/world/world.ts";

const LIMIT_MS = 60_000;

const record = (type: string, payload: object) =>
  `${JSON.stringify({ timestamp: "2026-01-02T03:04:06.000Z", type, payload })}\n`;
const told = (text: string) => record("event_msg", { type: "agent_message", message: text });

it("half a line is left for the next reading and then read once", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const rollout = world.rollout();
    await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", rollout);
    expect(await world.ask<"observation.ingest">("ingest", "ada")).toMatchObject({ new_events: 1, partial_bytes: 0 });

    const line = told("ünterbrochen"); // cut inside the first character that takes two bytes
    const bytes = Buffer.from(line);
    const cut = bytes.indexOf(Buffer.from("ü")) + 1;
    appendFileSync(rollout, bytes.subarray(0, cut));
    expect(await world.ask<"observation.ingest">("ingest", "ada")).toMatchObject({
      new_events: 0,
      skipped_lines: 0,
      partial_bytes: cut,
    });
    appendFileSync(rollout, bytes.subarray(cut));
    expect(await world.ask<"observation.ingest">("ingest", "ada")).toMatchObject({
      new_events: 1,
      skipped_lines: 0,
      partial_bytes: 0,
    });
    const [latest] = await world.ask<"observation.tail">("tail", "ada", "--limit", "1", "--include-content");
    expect(latest?.payload["message"]).toBe("ünterbrochen");
  });
});

it("a line that is damaged for good is counted once and passed over", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const rollout = world.rollout();
    await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", rollout);
    appendFileSync(rollout, `{"timestamp":"2026-01-02T03:04:06.000Z","type":"event_m\n${told("after it")}`);
    expect(await world.ask<"observation.ingest">("ingest", "ada")).toMatchObject({ new_events: 2, skipped_lines: 1 });
    expect(await world.ask<"observation.ingest">("ingest", "ada")).toMatchObject({ new_events: 0, skipped_lines: 0 });
  });
});

it("a rollout that was truncated is told with its remedy, which reads it without storing anything twice", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({}, async (world) => {
    const rollout = world.rollout();
    const register = ["register-worker", "--name", "ada", "--codex-session", rollout];
    await world.ask<"sessions.registerWorker">(...register);
    appendFileSync(rollout, told("kept") + told("lost"));
    await world.ask<"observation.ingest">("ingest", "ada");
    truncateSync(rollout, readFileSync(rollout).length - Buffer.byteLength(told("lost")));

    const shrunk = await world.refused("ingest", "ada");
    expect(shrunk.code).toBe(2);
    expect(shrunk.error.hint).toContain("register the session again");
    await world.ask<"sessions.registerWorker">(...register);
    await world.ask<"observation.ingest">("ingest", "ada");
    appendFileSync(rollout, told("new"));
    await world.ask<"observation.ingest">("ingest", "ada");
    const records = await world.ask<"observation.tail">("tail", "ada", "--include-content");
    const messages = records.map(({ payload }) => payload["message"]).filter((message) => message !== undefined);
    expect(messages.sort()).toEqual(["kept", "lost", "new"]);
  });
});

it("a rollout that was replaced by a larger file is read anew, its known records not twice", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({}, async (world) => {
    const rollout = world.rollout();
    await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", rollout);
    appendFileSync(rollout, told("one"));
    await world.ask<"observation.ingest">("ingest", "ada");
    const [meta] = readFileSync(rollout, "utf8").split("\n");
    writeFileSync(rollout, `${meta}\n${record("compacted", { message: "" })}${told("one")}${told("two")}`);

    const read = await world.ask<"observation.ingest">("ingest", "ada");
    expect(read.file_events.map(({ kind }) => kind)).toEqual(["replaced"]);
    const records = await world.ask<"observation.tail">("tail", "ada", "--include-content");
    const messages = records.map(({ payload, type }) => (type === "event_msg" ? payload["message"] : undefined));
    expect(messages.filter((message) => message !== undefined).sort()).toEqual(["one", "two"]);
  });
});
