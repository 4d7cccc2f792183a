import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { list as listSessions } from "../sessions/list.ts";
import { WorkerFolder } from "../shared/worker-files.ts";
import { createWorld, type World } from "../testing/world.ts";
import { importFolders, planImport } from "./import-folders.ts";
import { updateStatus } from "./update-status.ts";

const op = operations.workers;
let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const plan = (more: object = {}) => planImport(world.ctx, op.planImport.input.parse(more));
const apply = (more: object = {}) => importFolders(world.ctx, op.importFolders.input.parse(more));

/** A worker as the earlier tool left it: loose modes, mixed times, the text of a nudge in its events. */
function earlierWorker(name: string, root = world.ctx.settings.state_root): WorkerFolder {
  const folder = new WorkerFolder(root, name);
  mkdirSync(folder.path, { recursive: true });
  const write = (file: string, value: unknown) => writeFileSync(join(folder.path, file), JSON.stringify(value));
  write("config.json", {
    name,
    cwd: "/p",
    identity_token: `workerctl-${name}`,
    tmux_session: `codex-${name}`,
    tmux_pane_id: "%1",
    state: "stopped",
  });
  write("status.json", {
    state: "sleeping",
    current_task: "docs",
    next_action: "none",
    blocker: null,
    last_update: "2026-01-01T10:00:00Z",
  });
  write("capture-meta.json", {
    captured_at: "2026-01-01T10:00:05Z",
    changed_at: "2026-01-01T09:59:00Z",
    history_lines: 80,
    sha256: "x",
  });
  writeFileSync(folder.file("transcript.txt"), "screen\n\nof the worker\n");
  writeFileSync(
    folder.file("events.jsonl"),
    `${JSON.stringify({ type: "create", time: "2026-01-01T08:00:00Z", cwd: "/p" })}\nbroken\n${JSON.stringify({ type: "nudge", time: "2026-01-01T09:00:00.5Z", message: "do it" })}\n${JSON.stringify({ created_at: "2026-01-01T09:30:00Z", odd: true })}\n`,
  );
  return folder;
}

const rows = () =>
  world.store.read(async (tx) => ({
    workers: await tx.db.workers.findMany(),
    statuses: await tx.db.statuses.findMany(),
    captures: await tx.db.transcript_captures.findMany(),
    events: await tx.db.events.findMany({ orderBy: { seq: "asc" } }),
    marks: await tx.db.data_migrations.count(),
  }));

describe("import-compat without --apply", () => {
  it("lists every source and writes nothing", async () => {
    const folder = earlierWorker("docs");
    const before = readFileSync(folder.file("config.json"), "utf8");
    expect(await plan()).toEqual({
      apply: false,
      root: world.ctx.settings.state_root,
      worker_count: 1,
      workers: [
        {
          worker: "docs",
          action_count: 7,
          actions: [
            { action: "upsert_worker", source: "docs/config.json", worker: "docs" },
            { action: "insert_status", source: "docs/status.json", worker: "docs" },
            { action: "insert_transcript_capture", source: "docs/transcript.txt", worker: "docs" },
            { action: "insert_event", source: "docs/events.jsonl", worker: "docs", line: 1 },
            { action: "skip_invalid_event", source: "docs/events.jsonl", worker: "docs", line: 2 },
            { action: "insert_event", source: "docs/events.jsonl", worker: "docs", line: 3 },
            { action: "insert_event", source: "docs/events.jsonl", worker: "docs", line: 4 },
          ],
        },
      ],
    });
    expect(await rows()).toMatchObject({ workers: [], marks: 0 });
    expect(readFileSync(folder.file("config.json"), "utf8")).toBe(before);
  });

  it("needs neither a root nor a ledger", async () => {
    const ctx = { ...world.ctx, settings: { ...world.ctx.settings, ledger_path: join(world.root, "none.db") } };
    expect(await planImport(ctx, { root: join(world.root, "missing") })).toMatchObject({
      worker_count: 0,
      workers: [],
    });
    earlierWorker("docs", join(world.root, "other"));
    expect((await planImport(ctx, { root: join(world.root, "other") })).workers[0]?.action_count).toBe(7);
  });
});

describe("import-compat --apply", () => {
  it("brings the worker, its report, its screen and its events", async () => {
    earlierWorker("docs");
    await apply();
    const { workers, statuses, captures, events } = await rows();
    expect(workers).toMatchObject([
      { name: "docs", state: "stopped", identity_token: "workerctl-docs", tmux_pane_id: "%1", cwd: "/p" },
    ]);
    expect(statuses).toMatchObject([
      { state: "unknown", current_task: "docs", created_at: "2026-01-01T10:00:00.000Z" },
    ]);
    expect(captures).toMatchObject([
      {
        captured_at: "2026-01-01T10:00:05.000Z",
        changed_at: "2026-01-01T09:59:00.000Z",
        history_lines: 80,
        capture_kind: "changed",
        retention_class: "hot",
        line_count: 3,
      },
    ]);
    expect(events.map(({ type, actor, created_at }) => [type, actor, created_at])).toEqual([
      ["compat_create", "compat", "2026-01-01T08:00:00.000Z"],
      ["compat_nudge", "compat", "2026-01-01T09:00:00.500Z"],
      ["compat_event", "compat", "2026-01-01T09:30:00.000Z"],
    ]);
    expect(JSON.parse(events[1]?.payload_json ?? "")).toEqual({
      message_redacted: true,
      message_byte_count: 5,
      message_line_count: 1,
      source_path: "docs/events.jsonl",
    });
    expect(events.every(({ worker_id }) => worker_id === workers[0]?.id)).toBe(true);
  });

  it("makes a session that only shows when legacy ones are asked for", async () => {
    earlierWorker("docs");
    await apply();
    const list = (more: object) => listSessions(world.ctx, operations.sessions.list.input.parse(more));
    expect(await list({ state: "all", include_legacy: true })).toMatchObject([
      { name: "docs", origin: "legacy", pid: null, state: "gone" },
    ]);
    expect(await list({})).toEqual([]);
  });

  it("does nothing the second time, and later only what is new", async () => {
    const folder = earlierWorker("docs");
    await apply();
    const before = await rows();
    expect((await apply()).workers).toEqual([{ worker: "docs", action_count: 0, actions: [] }]);
    expect((await plan()).workers[0]?.action_count).toBe(0);
    expect(await rows()).toEqual(before);
    appendFileSync(folder.file("events.jsonl"), `${JSON.stringify({ type: "stop" })}\n`);
    expect((await apply()).workers[0]?.actions).toEqual([
      { action: "insert_event", source: "docs/events.jsonl", worker: "docs", line: 5 },
    ]);
    expect((await rows()).events).toHaveLength(4);
  });

  it("does not double what a worker of ours has in both places", async () => {
    const folder = earlierWorker("docs");
    rmSync(folder.file("status.json"));
    await updateStatus(
      world.ctx,
      op.updateStatus.input.parse({ name: "docs", state: "done", current_task: "t", next_action: "n" }),
    );
    await apply();
    expect((await rows()).statuses).toHaveLength(1);
  });

  it("reports a worker that cannot be read and imports the others", async () => {
    writeFileSync(earlierWorker("broken").file("status.json"), '{"state": "edit');
    earlierWorker("docs");
    const report = await apply();
    expect(report.workers).toMatchObject([
      { worker: "broken", action_count: 0, error: expect.stringContaining("status.json") },
      { worker: "docs", action_count: 7 },
    ]);
    expect((await rows()).workers.map(({ name }) => name)).toEqual(["docs"]);
  });

  it("leaves nothing of a worker behind that contradicts another", async () => {
    earlierWorker("one");
    const two = earlierWorker("two");
    writeFileSync(
      two.file("config.json"),
      JSON.stringify({ name: "two", tmux_session: "codex-one", identity_token: "workerctl-two" }),
    );
    const report = await apply();
    expect(report.workers[1]).toMatchObject({ worker: "two", error: expect.stringContaining("codex-one") });
    const { workers, events } = await rows();
    expect(workers.map(({ name }) => name)).toEqual(["one"]);
    expect(events).toHaveLength(3);
  });

  it("imports one worker when one is named, and never looks elsewhere", async () => {
    earlierWorker("one");
    earlierWorker("two");
    expect((await apply({ worker: "two" })).worker_count).toBe(1);
    expect((await rows()).workers.map(({ name }) => name)).toEqual(["two"]);
    await expect(plan({ worker: "three" })).rejects.toMatchObject({ code: "not_found" });
    for (const worker of ["../one", ".", ""])
      await expect(plan({ worker: worker || "/" })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("takes two imports at once for one", async () => {
    earlierWorker("docs");
    const other = world.otherCtx();
    await Promise.all([importFolders(world.ctx, {}), importFolders(other, {})]);
    await other.store.close();
    expect((await rows()).events).toHaveLength(3);
    expect((await rows()).marks).toBe(7);
  });
});
