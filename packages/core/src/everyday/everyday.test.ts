import type { Output } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { ingest } from "../observation/ingest.ts";
import { createWorld, type World } from "../testing/world.ts";
import { attach } from "./attach.ts";
import { inbox } from "./inbox.ts";
import { inspect } from "./inspect.ts";
import { overview } from "./overview.ts";
import { ps } from "./ps.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const at = (seconds: number) => new Date(Date.parse("2026-01-02T03:04:05Z") + seconds * 1000).toISOString();
const record = (type: string, payload: object, seconds: number) => ({ timestamp: at(seconds), type, payload });
const started = record("event_msg", { type: "task_started", turn_id: "turn-1" }, 1);
const asks = record(
  "response_item",
  { type: "function_call", name: "request_user_input", call_id: "c1", arguments: "{}" },
  2,
);
const failed = record(
  "event_msg",
  {
    type: "task_complete",
    turn_id: "turn-1",
    last_agent_message: null,
    error: { message: "secret", codex_error_info: "usage_limit_exceeded" },
  },
  2,
);
const completed = record("event_msg", { type: "task_complete", turn_id: "turn-1", last_agent_message: "secret" }, 3);

async function pairWhose(worker: object[], name = "auth") {
  const codex_session = world.rollout({ records: worker });
  const pair = await world.pair({ task: name, worker: { codex_session } });
  await ingest(world.ctx, { session: pair.worker.name });
  return pair;
}

const named = (rows: Output<"everyday.ps">, name: string) => rows.find((row) => row.name === name);

describe("ps", () => {
  it("shows tasks and sessions in one table, those that need somebody first", async () => {
    await pairWhose([started, completed], "calm");
    await pairWhose([started, asks], "asking");
    const rows = await ps(world.ctx, { all: false });
    expect(rows.slice(0, 2).map(({ name }) => name)).toEqual(["asking", "asking-worker"]);
    expect(named(rows, "asking-worker")).toMatchObject({
      kind: "session",
      role: "worker",
      phase: "waiting",
      waiting_for: "question",
      task: "asking",
      sources: ["rollout"],
    });
    expect(named(rows, "asking")).toMatchObject({ kind: "task", role: null, state: "managed", phase: "waiting" });
    expect(named(rows, "calm-worker")).toMatchObject({ phase: "idle", waiting_for: null });
    expect(rows).toHaveLength(6);
  });

  it("leaves out what is closed or gone unless all is asked for", async () => {
    const { worker, task } = await world.pair({ task: "old" });
    await world.store.write((tx) => tx.db.sessions.update({ where: { name: worker.name }, data: { state: "gone" } }));
    await world.store.write((tx) => tx.db.tasks.update({ where: { id: task.id }, data: { state: "done" } }));
    expect((await ps(world.ctx, { all: false })).map(({ name }) => name)).toEqual(["old-manager"]);
    const all = await ps(world.ctx, { all: true });
    expect(all.map(({ name }) => name)).toEqual(["old-worker", "old-manager", "old"]);
    expect(await ps(world.ctx, { all: true, limit: 1 })).toHaveLength(2);
  });
});

describe("inbox", () => {
  it("is empty when nobody waits", async () => {
    await pairWhose([started, completed]);
    expect(await inbox(world.ctx, { limit: 100 })).toEqual([]);
  });

  it("has what agents ask before what failed, and says what to type", async () => {
    await pairWhose([started, failed], "limited");
    await pairWhose([started, asks], "asking");
    const items = await inbox(world.ctx, { limit: 100 });
    expect(items.map(({ kind, task }) => [kind, task])).toEqual([
      ["question", "asking"],
      ["usage_limit", "limited"],
    ]);
    expect(items[0]?.command).toContain("conveyor inspect 'asking-worker'");
    expect(JSON.stringify(items)).not.toContain("secret");
  });

  it("has dead agents of tasks, and none that nobody misses", async () => {
    const { worker } = await world.pair({ task: "auth" });
    const alone = await world.worker({ name: "alone" });
    for (const { name } of [worker, alone]) {
      await world.store.write((tx) =>
        tx.db.sessions.update({ where: { name }, data: { liveness: "pid", pid: 2 ** 30 } }),
      );
    }
    expect(await inbox(world.ctx, { limit: 100 })).toMatchObject([
      { kind: "dead_agent", about: { kind: "session", name: "auth-worker" }, task: "auth" },
    ]);
  });

  it("has messages that were refused or failed, and answers that are missing or say blocked", async () => {
    const { binding_id, task } = await world.pair({ task: "auth" });
    const { command_id } = await enqueueNudgeWorker(world.ctx, { task: "auth", message: "secret", max_attempts: 1 });
    const result_json = JSON.stringify({ error_code: "permission_denied" });
    await world.store.write((tx) =>
      tx.db.commands.update({ where: { id: command_id }, data: { state: "blocked", result_json } }),
    );
    const item = await deliverItem(task.id, binding_id, { ack_due_at: at(0) });
    const refused = await inbox(world.ctx, { limit: 100 });
    expect(refused.map(({ kind }) => kind)).toEqual(["refused_message", "unanswered"]);
    expect(refused[0]).toMatchObject({
      about: { kind: "command", id: command_id },
      why: expect.stringContaining("permission_denied"),
    });
    expect(refused[1]).toMatchObject({ about: { kind: "item", id: String(item) } });

    await answer(task.id, binding_id, item, "blocked");
    expect((await inbox(world.ctx, { limit: 100 })).map(({ kind }) => kind)).toEqual([
      "blocked_answer",
      "refused_message",
    ]);
    await answer(task.id, binding_id, item, "accepted");
    expect((await inbox(world.ctx, { limit: 100 })).map(({ kind }) => kind)).toEqual(["refused_message"]);
  });
});

async function deliverItem(task_id: string, binding_id: string, more: object): Promise<number> {
  return world.store.write(async (tx) => {
    const binding = await tx.db.bindings.findUniqueOrThrow({ where: { id: binding_id } });
    const { id } = await tx.db.routed_notifications.create({
      data: {
        seq: tx.seq(),
        task_id,
        binding_id,
        correlation_id: "slice-1",
        source_session_id: binding.manager_session_id as string,
        target_session_id: binding.worker_session_id as string,
        signal_type: "nudge_worker",
        dedupe_key: `test-${tx.seq()}`,
        created_at: tx.now,
        delivered_at: tx.now,
        state: "delivered",
        payload_json: '{"message":"secret"}',
        ...more,
      },
    });
    return id;
  });
}

function answer(task_id: string, binding_id: string, notification_id: number, status: string): Promise<unknown> {
  return world.store.write((tx) =>
    tx.db.notification_acknowledgements.create({
      data: {
        seq: tx.seq(),
        task_id,
        binding_id,
        notification_id,
        role: "worker",
        status,
        payload_json: "{}",
        created_at: tx.now,
      },
    }),
  );
}

describe("overview", () => {
  it("says how to begin where nothing was begun", async () => {
    const now = await overview(world.ctx, {});
    expect(now).toMatchObject({ waiting: [], tasks: [], sessions: { all: 0 }, dispatch: "none" });
    expect(now.next[0]).toContain("conveyor pair --task <task>");
  });

  it("counts who does what, and has what is urgent first among what comes next", async () => {
    await pairWhose([started, asks], "asking");
    await pairWhose([started], "busy");
    const now = await overview(world.ctx, {});
    expect(now.sessions).toMatchObject({ all: 4, busy: 1, waiting: 1, dead: 0 });
    expect(now.tasks.map(({ name }) => name)).toEqual(["asking", "busy"]);
    expect(now.next[0]).toBe(now.waiting[0]?.command);
    expect(now.next.some((command) => command.includes("serve --detach"))).toBe(true);
  });
});

describe("a reference", () => {
  it("means a task's worker where a session is wanted", async () => {
    await world.pair({ task: "auth" });
    await expect(attach(world.ctx, { ref: "auth" })).rejects.toMatchObject({
      code: "precondition_failed",
      details: { session: "auth-worker" },
    });
    await world.task({ name: "alone" });
    await expect(attach(world.ctx, { ref: "alone" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("is ambiguous when a task and a session have the name, and lists both", async () => {
    const { worker, task } = await world.pair({ task: "same", worker: { name: "same" } });
    await expect(inspect(world.ctx, { ref: "same", include_content: false })).rejects.toMatchObject({
      code: "ambiguous",
      details: {
        candidates: [
          { kind: "task", id: task.id },
          { kind: "session", id: worker.session_id },
        ],
      },
    });
    await world.store.write((tx) => tx.db.tasks.update({ where: { id: task.id }, data: { state: "done" } }));
    expect(await inspect(world.ctx, { ref: "same", include_content: false })).toMatchObject({ kind: "session" });
  });

  it("may be a unique beginning of an id, and nothing is not found", async () => {
    const { id } = await world.task({ name: "auth" });
    expect(await inspect(world.ctx, { ref: id.slice(0, -3), include_content: false })).toMatchObject({ id });
    await expect(inspect(world.ctx, { ref: "nobody", include_content: false })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("inspect", () => {
  it("says of a session, a task, a command and an item why they are as they are", async () => {
    const { binding_id, task } = await pairWhose([started, asks], "auth");
    const look = (ref: string) => inspect(world.ctx, { ref, include_content: false });
    expect(await look("auth-worker")).toMatchObject({
      kind: "session",
      why: "waits for an answer to its question",
      chain: null,
    });
    expect((await look("auth")).why).toContain("worker auth-worker waits for an answer");
    const { command_id } = await enqueueNudgeWorker(world.ctx, {
      task: "auth",
      message: "m",
      correlation_id: "slice-1",
      max_attempts: 1,
    });
    expect(await look(command_id)).toMatchObject({
      kind: "command",
      state: "pending",
      why: "no dispatcher has executed it yet",
      chain: { correlation_id: "slice-1" },
    });
    const item = await deliverItem(task.id, binding_id, {});
    expect(await look(String(item))).toMatchObject({
      kind: "item",
      state: "delivered",
      why: "for auth-worker; not taken, not answered",
    });
  });
});

describe("attach", () => {
  it("names the program that shows a terminal which runs", async () => {
    await world.tmux("codex-ada");
    await world.worker({ name: "ada", tmux_session: "codex-ada" });
    const { argv, ...shown } = await attach(world.ctx, { ref: "ada" });
    expect(shown).toEqual({
      session: "ada",
      tmux_session: "codex-ada",
      attach_command: `tmux -S '${argv[2]}' attach -t '=codex-ada'`,
    });
    expect(argv.slice(-3)).toEqual(["attach-session", "-t", "=codex-ada"]);
  });
});
