import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
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

it("a finished turn is reported once, whatever becomes of its file, and none is lost to a bad record or to the clock", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({}, async (world) => {
    const rollout = world.rollout();
    const turn = (turn_id: string, more: object = {}) =>
      record("event_msg", { type: "task_started", turn_id }) +
      record("event_msg", { type: "task_complete", turn_id, last_agent_message: turn_id, ...more });
    const reported = async () => {
      const { processed } = await world.ask<"dispatch.run">("dispatch", "--once");
      return processed.filter(({ signal_type }) => signal_type === "worker_task_complete").length;
    };
    appendFileSync(rollout, turn("from before it was registered"));
    await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse");
    await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", rollout);
    await world.ask<"sessions.registerManager">(
      "register-manager",
      "--name",
      "bob",
      "--codex-session",
      world.rollout(),
    );
    await world.ask<"bindings.bind">("bind", "--task", "parser", "--worker", "ada", "--manager", "bob");
    expect(await reported()).toBe(0);

    // The times of these records lie long before the registration.
    appendFileSync(rollout, turn("first"));
    expect(await reported()).toBe(1);
    copyFileSync(rollout, `${rollout}.copy`);
    renameSync(`${rollout}.copy`, rollout);
    expect(await reported()).toBe(0);
    symlinkSync(dirname(rollout), join(dirname(rollout), "link"));
    const other = join(dirname(rollout), "link", basename(rollout));
    await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", other);
    expect(await reported()).toBe(0);

    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`) as object;
    appendFileSync(rollout, `${"\0".repeat(5000)}{"timestamp":"torn ${turn("second", { result: deep })}`);
    expect(await reported()).toBe(1);
    appendFileSync(rollout, turn("third"));
    expect(await reported()).toBe(1);
    const status = await world.ask<"observation.cycle">("cycle", "parser");
    expect(status).toMatchObject({ state: "idle", task_completed: true, ingest: { skipped_lines: 0 } });
  });
});

it("a failed turn is told as failed, in words and in the receipt", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const rollout = world.rollout();
    await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse");
    await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", rollout);
    await world.ask<"sessions.registerManager">(
      "register-manager",
      "--name",
      "bob",
      "--codex-session",
      world.rollout(),
    );
    await world.ask<"bindings.bind">("bind", "--task", "parser", "--worker", "ada", "--manager", "bob");
    const error = { message: "no more today", codex_error_info: "usage_limit_exceeded" };
    appendFileSync(rollout, record("event_msg", { type: "task_started", turn_id: "t1" }));
    appendFileSync(rollout, record("event_msg", { type: "task_complete", turn_id: "t1", error }));
    await world.ask<"dispatch.run">("dispatch", "--once");
    const { consumed } = await world.ask<"inbox.manager">("manager-inbox", "parser", "--consume-next");
    expect(consumed?.payload).toMatchObject({
      subject: "turn failed (usage_limit_exceeded): ada on parser",
      message: expect.stringContaining("appears to have failed in a turn"),
      worker_receipt: { outcome: "failed", error_info: "usage_limit_exceeded", last_agent_message: null },
    });
  });
});
