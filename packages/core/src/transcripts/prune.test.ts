import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingest } from "../observation/ingest.ts";
import { createWorld, type World } from "../testing/world.ts";
import { prune as pruneContent } from "./prune.ts";

let world: World;
const clock = () => fixedClock("2026-05-01T00:00:00.000Z");
let time = clock();
beforeEach(() => {
  time = clock();
  world = createWorld({ clock: time });
});
afterEach(() => world.close());

const DAY = 86_400_000;

function prune(more: Partial<CallOf<typeof operations.transcripts.prune>> = {}) {
  return pruneContent(world.ctx, operations.transcripts.prune.input.parse(more));
}

async function workerCaptures(name: string, texts: readonly string[]) {
  await world.store.write(async (tx) => {
    const times = { created_at: tx.now, updated_at: tx.now, seq: tx.seq(), updated_seq: tx.seq() };
    const worker = { id: `worker-${name}`, name, tmux_session: `codex-${name}`, identity_token: `t-${name}`, cwd: "/" };
    await tx.db.workers.create({ data: { ...worker, state: "active", ...times } });
  });
  for (const content of texts) {
    await world.store.write(async (tx) => {
      const sizes = { byte_count: content.length, line_count: 1, history_lines: 200 };
      const kinds = { capture_kind: "changed", retention_class: "hot" };
      const row = { worker_id: `worker-${name}`, sha256: content, content, captured_at: tx.now, changed_at: tx.now };
      await tx.db.transcript_captures.create({ data: { ...row, ...sizes, ...kinds, seq: tx.seq() } });
    });
    await time.advance(DAY);
  }
}

const contents = () =>
  world.store.read(async (tx) => {
    const rows = await tx.db.transcript_captures.findMany({ orderBy: { seq: "asc" } });
    return rows.map(({ content, capture_kind, retention_class }) => [content, capture_kind, retention_class]);
  });

const KEPT = (content: string) => [content, "changed", "hot"];
const DROPPED = [null, "metadata_only", "warm"];

describe("prune", () => {
  it("keeps the newest captures of every worker and leaves the rows of the others", async () => {
    await workerCaptures("a", ["a1", "a2", "a3"]);
    await workerCaptures("b", ["b1"]);
    expect(await prune({ keep_latest: 2, dry_run: true })).toMatchObject({
      pruned_count: 0,
      would_prune_count: 1,
      bytes_freed: 0,
    });
    expect(await prune({ keep_latest: 2 })).toMatchObject({
      pruned_count: 1,
      bytes_freed: 2,
      by_kind: { "transcript-captures": { pruned_count: 1, would_prune_count: 1, bytes: 2 } },
    });
    expect(await contents()).toEqual([DROPPED, KEPT("a2"), KEPT("a3"), KEPT("b1")]);
    expect(await prune({ keep_latest: 2 })).toMatchObject({ pruned_count: 0, would_prune_count: 0 });
    expect(await world.auditEvent("transcript_captures_pruned")).toMatchObject({
      payload: { keep_latest: 2, capture_ids: [1] },
    });
    expect((await world.telemetryTypes()).filter((type) => type === "prune_completed")).toHaveLength(1);
  });

  it("drops only what is older than the window", async () => {
    await workerCaptures("a", ["a1", "a2", "a3"]);
    expect(await prune({ keep_latest: 0, older_than: "2d" })).toMatchObject({ pruned_count: 1 });
    expect(await contents()).toEqual([DROPPED, KEPT("a2"), KEPT("a3")]);
  });

  it("touches only what belongs to the task", async () => {
    await workerCaptures("a", ["a1"]);
    await workerCaptures("b", ["b1"]);
    const { task, binding_id } = await world.pair();
    await world.store.write((tx) =>
      tx.db.bindings.update({ where: { id: binding_id }, data: { worker_id: "worker-b" } }),
    );
    await prune({ keep_latest: 0, task: task.name });
    expect(await contents()).toEqual([KEPT("a1"), DROPPED]);
    await expect(prune({ task: "nobody" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("gives the space back to the file system when asked", async () => {
    await workerCaptures("a", ["x".repeat(400_000), "y"]);
    const { bytes_freed, file_bytes_freed } = await prune({ keep_latest: 1, vacuum: true });
    expect(bytes_freed).toBe(400_000);
    expect(file_bytes_freed).toBeGreaterThan(300_000);
  });

  it("takes the words out of rollout records and leaves the facts of their turns and the latest receipt", async () => {
    const event = (payload: object) => ({ timestamp: time.iso(), type: "event_msg", payload });
    const turn = (turn_id: string, said: string) => [
      event({ type: "task_started", turn_id }),
      event({ type: "agent_reasoning", text: `thinking about ${said}` }),
      event({ type: "task_complete", turn_id, last_agent_message: said, duration_ms: 5 }),
    ];
    const rollout = world.rollout({ records: [...turn("t1", "first words"), ...turn("t2", "last words")] });
    const { name } = await world.worker({ codex_session: rollout });
    await ingest(world.ctx, { session: name });
    const report = await prune({ kind: ["codex-events"], keep_latest: 0 });
    expect(report.by_kind["codex-events"]?.pruned_count).toBeGreaterThan(0);
    const rows = await world.store.read((tx) => tx.db.codex_events.findMany({ orderBy: { id: "asc" } }));
    const text = JSON.stringify(rows);
    expect(text).not.toMatch(/thinking about|first words/);
    expect(text).toContain("last words");
    const ends = rows
      .filter(({ subtype }) => subtype === "task_complete")
      .map(({ payload_json }) => JSON.parse(payload_json));
    expect(ends[0]).toEqual({ type: "task_complete", turn_id: "t1", duration_ms: 5 });
    expect(await prune({ kind: ["codex-events"], keep_latest: 0 })).toMatchObject({ would_prune_count: 0 });
  });

  it("deletes telemetry only when it is named, with its search rows, and says so in the audit log", async () => {
    await workerCaptures("a", ["a1", "a2"]);
    await world.task({ name: "auth" });
    const count = () => world.store.read((tx) => tx.db.telemetry_events.count());
    const before = await count();
    const all = await prune({ kind: ["all"], keep_latest: 0 });
    expect(Object.keys(all.by_kind)).not.toContain("telemetry");
    expect(await count()).toBeGreaterThanOrEqual(before);
    expect(await prune({ kind: ["telemetry"], keep_latest: 0 })).toMatchObject({ pruned_count: expect.any(Number) });
    expect(await world.telemetryTypes()).toEqual(["prune_completed"]);
    const searchable = await world.store.peek((tx) =>
      tx.handle.prepare("SELECT count(*) FROM telemetry_events_fts").pluck().get(),
    );
    expect(Number(searchable)).toBe(1);
    expect(await world.auditEvent("telemetry_pruned")).toMatchObject({ payload: { kind: "telemetry" } });
  });

  it("keeps the newest thousand heartbeats of each session, however few are asked for", async () => {
    const { session_id } = await world.worker();
    const beat = (n: number) => ({ session_id, role: "worker", source: "inbox", recorded_at: time.iso(), seq: n });
    await world.store.write(async (tx) => {
      const first = tx.reserveSeq(1003);
      await tx.db.role_heartbeats.createMany({ data: Array.from({ length: 1003 }, (_, i) => beat(first + i)) });
    });
    expect(await prune({ kind: ["heartbeats"], keep_latest: 1 })).toMatchObject({ pruned_count: 3 });
    expect(await world.store.read((tx) => tx.db.role_heartbeats.count())).toBe(1000);
  });

  it("takes content only from item facts, and only after thirty days", async () => {
    const fact = (kind: string, n: number) => ({
      kind,
      source: "rollout",
      source_ref: `r${n}`,
      received_at: time.iso(),
      confidence: "certain",
      snapshot: false,
      payload_json: '{"bytes":9}',
      content_json: '{"text":"private"}',
      dedupe_key: `${n}`,
    });
    const add = (kind: string, n: number) =>
      world.store.write((tx) => tx.db.agent_facts.create({ data: { ...fact(kind, n), seq: tx.seq() } }));
    await add("item_completed", 1);
    await add("turn_ended", 2);
    await time.advance(31 * DAY);
    await add("item_completed", 3);
    expect(await prune({ kind: ["agent-facts"], keep_latest: 0 })).toMatchObject({ pruned_count: 1 });
    const rows = await world.store.read((tx) => tx.db.agent_facts.findMany({ orderBy: { seq: "asc" } }));
    expect(rows.map(({ content_json }) => content_json === null)).toEqual([true, false, false]);
  });

  it("does what the policy of the state root says, by age, number and size", async () => {
    const file = join(world.ctx.settings.state_root, "retention.json");
    const policy = (of: object) => writeFileSync(file, JSON.stringify({ kinds: { "transcript-captures": of } }));
    await expect(prune({ policy: true })).rejects.toMatchObject({ code: "invalid_input" });
    await workerCaptures("a", ["one", "two", "three", "four", "five"]);
    policy({ keep_days: 4, keep_latest: 1 });
    expect(await prune({ policy: true, dry_run: true })).toMatchObject({ would_prune_count: 1 });
    policy({ max_bytes: 12 });
    expect(await prune({ policy: true })).toMatchObject({ pruned_count: 3, bytes_freed: 11 });
    policy({ keep_latest: 1 });
    expect(await prune({ policy: true })).toMatchObject({ pruned_count: 1 });
    policy({ keep_latest: "all" });
    await expect(prune({ policy: true })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(prune({ policy: true, kind: ["all"] })).rejects.toMatchObject({ code: "conflicting_flags" });
  });
});
