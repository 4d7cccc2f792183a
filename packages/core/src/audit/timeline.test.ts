import { operations, type ReplayEntry } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handoff } from "../contract/handoff.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { run as runDispatch } from "../dispatch/run.ts";
import { takeWorker } from "../inbox/take.ts";
import { cycle } from "../observation/cycle.ts";
import { finish as finishTask } from "../tasks/finish.ts";
import { createWorld, type World } from "../testing/world.ts";
import { mutations as auditMutations } from "./mutations.ts";
import { onEntry } from "./on-entry.ts";
import { replay as showReplay } from "./replay.ts";

let world: World;
let name: string;

beforeEach(async () => {
  world = createWorld();
  name = (await world.pair({ task: "story" })).task.name;
});
afterEach(() => world.close());

const replay = (input: Record<string, unknown> = {}) =>
  showReplay(world.ctx, operations.audit.replay.input.parse({ task: name, ...input }));
const dispatch = () =>
  runDispatch(world.ctx, { limit: 10, dispatcher_id: "d1", lease_seconds: 60, dry_run: false, no_ingest: true });
const nudge = (correlation_id: string) =>
  enqueueNudgeWorker(world.ctx, { task: name, message: "a private instruction", max_attempts: 3, correlation_id });
const take = () => takeWorker(world.ctx, { task: name, wait: false, timeout: 0, interval: 2, limit: 10 });
const finish = (input: Record<string, unknown>) =>
  finishTask(world.ctx, operations.tasks.finish.input.parse({ task: name, reason: "merged", ...input }));
const places = (entries: readonly ReplayEntry[]) =>
  entries.map(({ seq, source, source_id }) => [seq, source, source_id]);

/** Messages, cycles, decisions and a handoff, more of them than a page holds. */
async function history(turns: number) {
  for (let turn = 0; turn < turns; turn += 1) {
    await nudge(`slice-${turn}`);
    await dispatch();
    await take();
  }
  const { cycle_id } = await cycle(world.ctx, { task: name, busy_wait_seconds: 90 });
  await recordDecision(world.ctx, { task: name, decision: "stop", reason: "it is proven", cycle_id });
  const left = { task: name, summary: "the parser is split", next_step: ["test it", "merge it"], payload: {} };
  await handoff(world.ctx, operations.contract.handoff.input.parse(left));
}

describe("a timeline", () => {
  it("is the same read at once, page by page, and towards its end", async () => {
    await history(40);
    const whole = await replay({ spans: true });
    expect(whole.entry_count).toBe(whole.total_entry_count);
    expect(whole.earlier).toBeNull();
    const seqs = whole.entries.map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    const paged: ReplayEntry[] = [];
    for (let before: string | null | undefined; before !== null; ) {
      const page = await replay({ spans: true, limit: 37, ...(before !== undefined && { before }) });
      paged.unshift(...page.entries);
      before = page.earlier;
    }
    expect(paged).toEqual(whole.entries);
    const middle = whole.entries[60] as ReplayEntry;
    const around = await replay({ spans: true, around: `${middle.source}/${middle.source_id}`, limit: 9 });
    expect(places(around.entries)).toEqual(places(whole.entries.slice(56, 65)));
  });

  it("is narrowed by kind, correlation and time", async () => {
    await history(3);
    const chain = await replay({ correlation: "slice-1" });
    expect(chain.entries.map(({ kind }) => kind)).toEqual([
      ...["command", "correlation_chain", "command_attempt", "routed_notification"],
    ]);
    expect((await replay({ kind: ["decision", "handoff"] })).entries).toMatchObject([
      { kind: "decision", summary: "stop: it is proven" },
      {
        kind: "handoff",
        actor: "worker",
        summary: "handed over: the parser is split",
        details: { next_step_count: 2 },
      },
    ]);
    expect(await replay({ since: "2099-01-01" })).toMatchObject({ entries: [], total_entry_count: 0, later: null });
    expect((await replay({ until: "2099-01-01" })).total_entry_count).toBeGreaterThan(10);
    expect((await replay({ limit: 1_000_000 })).earlier).toBeNull();
  });

  it("shows what was said where it was asked for, and only there", async () => {
    await nudge("slice");
    await dispatch();
    expect(JSON.stringify(await replay())).not.toContain("private");
    const { entries } = await replay({ include_content: true });
    const said = entries.filter(({ details }) => details["message"] === "a private instruction");
    expect(said.map(({ kind }) => kind)).toEqual(["command", "routed_notification"]);
  });

  it("refuses a place that is none", async () => {
    await expect(replay({ before: "yesterday" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(replay({ around: "commands/nothing" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("is followed: each entry once, from where the reader stood, deliveries at their moment", async () => {
    await history(1);
    const input = operations.audit.onEntry.input.parse({ task: name, backlog: 1 });
    const seen: { id: string; data: ReplayEntry | null }[] = [];
    const stream = onEntry(world.ctx, input);
    const next = async () => seen.push((await stream.next()).value as (typeof seen)[number]);
    await next();
    await next();
    expect(seen.map(({ data }) => data?.kind)).toEqual([undefined, "handoff"]);
    await nudge("slice-9");
    await next();
    await dispatch();
    await next();
    await next();
    expect(seen.slice(2).map(({ data }) => data?.kind)).toEqual(["command", "command_attempt", "routed_notification"]);
    await stream.return(undefined);
    const again = onEntry(world.ctx, input, seen[2]?.id);
    expect((await again.next()).value).toEqual(seen[3]);
    await again.return(undefined);
  });
});

describe("mutation-audit", () => {
  const audit = (limit = 1000) => auditMutations(world.ctx, { task: name, limit });

  it("accepts what names the decision behind it", async () => {
    await history(1);
    await finish({});
    const { ok, summary, records } = await audit();
    expect({ ok, summary }).toEqual({ ok: true, summary: { mutations: 1, with_warnings: 0 } });
    expect(records).toMatchObject([
      { command: { type: "finish_task", state: "succeeded" }, allowed_decisions: ["stop"], ok: true, warnings: [] },
    ]);
    expect(records[0]?.linked_decision).toMatchObject({ decision: "stop" });
  });
});
