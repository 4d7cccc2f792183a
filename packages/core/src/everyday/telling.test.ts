import { appendFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acknowledge } from "../inbox/acknowledge.ts";
import { takeWorker } from "../inbox/take.ts";
import { createWorld, type World } from "../testing/world.ts";
import { logs, onLog } from "./logs.ts";
import { rm } from "./rm.ts";
import { send } from "./send.ts";
import { wait } from "./wait.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const at = (seconds: number) => new Date(Date.parse("2026-01-02T03:04:05Z") + seconds * 1000).toISOString();
const event = (payload: object, seconds: number) => ({ timestamp: at(seconds), type: "event_msg", payload });
const started = event({ type: "task_started", turn_id: "turn-1" }, 1);
const completed = event({ type: "task_complete", turn_id: "turn-1", last_agent_message: "secret" }, 3);

const append = (path: string, ...records: object[]) =>
  appendFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));

/** A pair whose worker has no terminal and has begun a turn. */
async function working(name = "auth") {
  const codex_session = world.rollout({ records: [started] });
  return { rollout: codex_session, ...(await world.pair({ task: name, worker: { codex_session } })) };
}

const plain = { timeout: 0, when: "next_turn" } as const;

describe("send", () => {
  it("puts a message for a task into the inbox of its worker, and tells how far it is", async () => {
    await world.pair({ task: "auth" });
    const sent = await send(world.ctx, { ...plain, ref: "auth", text: "run the tests" });
    expect(sent).toMatchObject({
      session: "auth-worker",
      via: "dispatch",
      stage: "accepted",
      timed_out: false,
      why: null,
    });
    const { consumed } = await takeWorker(world.ctx, {
      task: "auth",
      wait: false,
      timeout: 0,
      interval: 2,
      limit: 10,
    } as never);
    expect(consumed?.payload["message"]).toBe("run the tests");
  });

  it("waits for as long as it may until the message is taken and answered", async () => {
    await world.pair({ task: "auth" });
    const late = await send(world.ctx, { ...plain, ref: "auth", text: "m", wait: "seen" });
    expect(late).toMatchObject({ stage: "accepted", timed_out: true });
    const sending = send(world.ctx, { ...plain, ref: "auth-worker", text: "m", wait: "done", timeout: 60 });
    for (let taken = 0; taken < 2; ) {
      const { consumed } = await takeWorker(world.ctx, {
        task: "auth",
        wait: true,
        timeout: 30,
        interval: 2,
        limit: 10,
      } as never);
      if (consumed === null) continue;
      taken += 1;
      const answer = { task: "auth", notification_id: consumed.id, role: "worker", status: "accepted", payload: {} };
      await acknowledge(world.ctx, answer as never);
    }
    expect(await sending).toMatchObject({ stage: "done", timed_out: false });
  });

  it("is refused where there is no way, and when a gate says no", async () => {
    await world.pair({ task: "auth" });
    const alone = await world.worker({ name: "alone" });
    for (const ref of [alone.name, "auth-manager"]) {
      await expect(send(world.ctx, { ...plain, ref, text: "m" })).rejects.toMatchObject({
        code: "precondition_failed",
      });
    }
  });

  it("types to a session that no task has, once its turn is over", async () => {
    const rollout = world.rollout({ records: [started] });
    await world.composer("codex-ada");
    await world.worker({ name: "ada", codex_session: rollout, tmux_session: "codex-ada" });
    await expect(send(world.ctx, { ...plain, ref: "ada", text: "hello" })).rejects.toMatchObject({ code: "timeout" });
    append(rollout, completed);
    const sent = await send(world.ctx, { ...plain, ref: "ada", text: "hello", timeout: 30 });
    expect(sent).toMatchObject({ via: "terminal", task: null, timed_out: false });
    expect(["accepted", "seen"]).toContain(sent.stage);
  });
});

describe("wait", () => {
  it("ends as soon as an agent is idle, which nobody else had read, and says why", async () => {
    const { rollout } = await working();
    expect(await wait(world.ctx, { ref: "auth", for: "idle", timeout: 0 })).toMatchObject({
      holds: false,
      why: "auth-worker works on a turn",
      about: { kind: "task", name: "auth" },
    });
    const waiting = wait(world.ctx, { ref: "auth", for: "idle", timeout: 60 });
    append(rollout, completed);
    expect(await waiting).toMatchObject({ holds: true, why: "auth-worker has finished its turn" });
    expect(await wait(world.ctx, { ref: "auth-worker", for: "done", timeout: 0 })).toMatchObject({ holds: true });
  });

  it("knows when a task is closed, a message is there, somebody is needed and criteria are satisfied", async () => {
    const { task } = await working();
    const look = (goal: "done" | "message" | "attention" | "verified", ref = "auth") =>
      wait(world.ctx, { ref, for: goal, timeout: 0 });
    for (const goal of ["done", "message", "attention", "verified"] as const) {
      expect((await look(goal)).holds, goal).toBe(false);
    }
    await send(world.ctx, { ...plain, when: "now", ref: "auth", text: "m" });
    expect(await look("message", "auth-worker")).toMatchObject({
      holds: true,
      why: "1 unread in the inbox of auth-worker",
    });
    await world.store.write((tx) =>
      tx.db.acceptance_criteria.create({
        data: {
          ...{ seq: tx.seq(), updated_seq: tx.seq(), created_at: tx.now, updated_at: tx.now },
          ...{ task_id: task.id, criterion: "c", status: "satisfied", source: "user_requested", evidence_json: "{}" },
        },
      }),
    );
    expect((await look("verified")).holds).toBe(true);
    await world.store.write((tx) => tx.db.tasks.update({ where: { id: task.id }, data: { state: "done" } }));
    expect(await look("done")).toMatchObject({ holds: true, why: 'task "auth" is done' });
  });
});

describe("logs", () => {
  it("tell what happened to a session or a task in the order of the ledger", async () => {
    const { rollout } = await working();
    await send(world.ctx, { ...plain, when: "now", ref: "auth", text: "secret" });
    append(rollout, completed);
    await wait(world.ctx, { ref: "auth", for: "idle", timeout: 0 });
    const all = await logs(world.ctx, { ref: "auth", limit: 100, include_content: true });
    expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["command", "message", "turn"]));
    expect(all.find(({ kind }) => kind === "message")).toMatchObject({
      session: "auth-worker",
      what: "nudge_worker from auth-manager",
    });
    expect(await logs(world.ctx, { ref: "auth", limit: 1, include_content: true })).toEqual(all.slice(-1));
    const own = await logs(world.ctx, { ref: "auth-worker", limit: 100, include_content: false });
    expect(own.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["message", "turn"]));
    expect(own.every(({ kind }) => kind !== "command")).toBe(true);
  });

  it("are followed from the newest entries on, and a reader comes back to exactly what it missed", async () => {
    await world.pair({ task: "auth" });
    const tell = (text: string) => send(world.ctx, { ...plain, ref: "auth", text });
    await tell("first");
    const input = { ref: "auth", limit: 1000, include_content: true };
    const present = await logs(world.ctx, input);
    const stream = onLog(world.ctx, input);
    const next = async () =>
      (await stream.next()).value as { id: string; data: { seq: number; message?: string | null } };
    for (const { seq } of present) expect((await next()).data.seq).toBe(seq);
    const coming = next();
    await tell("second");
    const first = await coming;
    await stream.return(undefined);
    const again = onLog(world.ctx, input, first.id);
    const missed = (await logs(world.ctx, input)).filter(({ seq }) => seq > first.data.seq);
    expect(missed.length).toBeGreaterThan(0);
    for (const { seq } of missed) expect((await again.next()).value?.data.seq).toBe(seq);
    await again.return(undefined);
    await expect(onLog(world.ctx, input, "x").next()).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("rm", () => {
  it("says first what would happen, and does nothing", async () => {
    await world.pair({ task: "auth" });
    await expect(rm(world.ctx, { ref: "auth", yes: false })).rejects.toMatchObject({
      code: "confirmation_required",
      message: expect.stringContaining("auth-worker is only forgotten"),
    });
    expect((await world.store.read((tx) => tx.db.bindings.findFirstOrThrow())).state).toBe("active");
  });

  it("forgets a session that it did not start and leaves its terminal alone", async () => {
    await world.tmux("codex-ada");
    await world.worker({ name: "ada", tmux_session: "codex-ada" });
    const { done, kept } = await rm(world.ctx, { ref: "ada", yes: true });
    expect([done, kept]).toEqual([["session ada forgotten"], ["terminal codex-ada: Conveyor did not start it"]]);
    expect(await world.host.tmux.sessionExists("codex-ada")).toBe(true);
  });

  it("ends the terminal of a session that Conveyor started", async () => {
    await world.tmux("codex-ada");
    await world.worker({ name: "ada", tmux_session: "codex-ada" });
    await world.store.write((tx) => tx.db.sessions.update({ where: { name: "ada" }, data: { origin: "spawned" } }));
    const { done } = await rm(world.ctx, { ref: "ada", yes: true });
    expect(done).toEqual(["terminal codex-ada stopped", "session ada forgotten"]);
    expect(await world.host.tmux.sessionExists("codex-ada")).toBe(false);
  });

  it("closes a task and forgets both of its sessions; once more there is nothing left", async () => {
    await world.pair({ task: "auth" });
    const { done } = await rm(world.ctx, { ref: "auth", yes: true });
    expect(done).toEqual(["task auth closed", "session auth-worker forgotten", "session auth-manager forgotten"]);
    expect((await wait(world.ctx, { ref: "auth", for: "done", timeout: 0 })).holds).toBe(true);
    expect(await rm(world.ctx, { ref: "auth", yes: true })).toMatchObject({
      done: [],
      kept: ["task auth is done already"],
    });
  });
});
