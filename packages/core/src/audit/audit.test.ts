import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import { satisfy as satisfyCriterion } from "../criteria/change.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { run as runDispatch } from "../dispatch/run.ts";
import { acknowledge } from "../inbox/acknowledge.ts";
import { takeManager, takeWorker } from "../inbox/take.ts";
import { cycle } from "../observation/cycle.ts";
import { finish as finishTask } from "../tasks/finish.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { replay as showReplay } from "./replay.ts";
import { show as showAudit, sinceInstant } from "./show.ts";

const AUDIT = { include_content: false, type: [] };
const REPLAY = { kind: [], format: "timeline" as const, role: "all" as const, spans: false, include_content: false };
const POLL = { wait: false, timeout: 0, interval: 2, limit: 10 };

let world: World;

/** What core hides because its words depend on it is all that the marks of the contract would hide. */
async function replay(input: Parameters<typeof showReplay>[1]) {
  const answer = await showReplay(world.ctx, input);
  expect(await asShown("audit.replay", async () => answer, world.ctx, input)).toEqual(answer);
  return answer;
}

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** A task with one of everything: criterion, nudge, consumption, cycle, decision, finish. */
async function story() {
  const { task } = await world.pair({ task: "story" });
  const { affected_criterion } = await addCriterion(world.ctx, {
    task: task.name,
    criterion: "Parser rejects empty input",
    source: "user_requested",
    status: "accepted",
  });
  await enqueueNudgeWorker(world.ctx, { task: task.name, message: "a private instruction", max_attempts: 3 });
  await runDispatch(world.ctx, { limit: 10, dispatcher_id: "d1", lease_seconds: 60, dry_run: false, no_ingest: false });
  await takeWorker(world.ctx, { task: task.name, ...POLL });
  const { cycle_id } = await cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
  await recordDecision(world.ctx, { task: task.name, decision: "stop", reason: "it is proven", cycle_id });
  await satisfyCriterion(world.ctx, { task: task.name, criterion_id: affected_criterion.id, proof: "npm test" });
  await finishTask(
    world.ctx,
    operations.tasks.finish.input.parse({ task: task.name, reason: "merged", require_criteria_audit: true }),
  );
  return task;
}

/** A message in each direction, both answered by who got it. */
async function conversation() {
  const { task } = await world.pair();
  await enqueueNudgeWorker(world.ctx, { task: task.name, message: "build it", max_attempts: 3 });
  await enqueueNotifyManager(world.ctx, { task: task.name, message: "built", max_attempts: 3 });
  await runDispatch(world.ctx, { limit: 10, dispatcher_id: "d1", lease_seconds: 60, dry_run: false, no_ingest: true });
  await takeWorker(world.ctx, { task: task.name, ...POLL });
  await takeManager(world.ctx, { task: task.name, ...POLL });
  for (const [notification_id, role] of [[1, "worker"] as const, [2, "manager"] as const]) {
    const payload = { summary: "tests pass", text: "t" };
    await acknowledge(world.ctx, { task: task.name, notification_id, role, status: "accepted", payload });
  }
  return task;
}

describe("audit", () => {
  it("shows every section in the ledger's order, without message bodies unless asked", async () => {
    const task = await story();
    const audit = await asShown("audit.show", showAudit, world.ctx, { task: task.name, ...AUDIT });
    expect(audit.task).toMatchObject({ name: "story", state: "done" });
    const seqs = audit.events?.map((event) => event["seq"] as number) ?? [];
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(audit.correlation_chains).toContainEqual(
      expect.objectContaining({
        command_type: "nudge_worker",
        command_state: "succeeded",
        routed_notification_ids: [1],
      }),
    );
    expect(JSON.stringify(audit)).not.toContain("a private instruction");
    const open = await asShown("audit.show", showAudit, world.ctx, {
      task: task.name,
      ...AUDIT,
      include_content: true,
    });
    expect(JSON.stringify(open.commands)).toContain("a private instruction");
  });

  it("bounds the output by section, count, event type and time", async () => {
    const task = await story();
    const audit = await asShown("audit.show", showAudit, world.ctx, {
      task: task.name,
      ...AUDIT,
      sections: "events,commands",
      limit: 1,
    });
    expect(Object.keys(audit).sort()).toEqual(["commands", "events", "task"]);
    expect(audit.events?.map(({ type }) => type)).toEqual(["finish_task_succeeded"]);
    const bound = await asShown("audit.show", showAudit, world.ctx, {
      task: task.name,
      ...AUDIT,
      type: ["binding_created"],
    });
    expect(bound.events?.map(({ type }) => type)).toEqual(["binding_created"]);
    const later = await asShown("audit.show", showAudit, world.ctx, { task: task.name, ...AUDIT, since: "2099-01-01" });
    expect(later.events).toEqual([]);
  });

  it("shows how messages were answered, message texts only on request", async () => {
    const task = await conversation();
    const { notification_acknowledgements: hidden } = await asShown("audit.show", showAudit, world.ctx, {
      task: task.name,
      ...AUDIT,
    });
    expect(hidden).toMatchObject([
      { notification_id: 1, role: "worker", status: "accepted", signal_type: "nudge_worker" },
      { notification_id: 2, role: "manager", status: "accepted", signal_type: "notify_manager" },
    ]);
    expect(hidden?.[0]?.["payload"]).toMatchObject({ summary: "tests pass", text_redacted: true, text_byte_count: 1 });
    const open = await asShown("audit.show", showAudit, world.ctx, {
      task: task.name,
      ...AUDIT,
      include_content: true,
    });
    expect(open.notification_acknowledgements?.[0]?.["payload"]).toEqual({
      summary: "tests pass",
      text: "t",
    });
  });

  it("names what it does not know", async () => {
    const { name } = await world.task();
    await expect(
      asShown("audit.show", showAudit, world.ctx, { task: name, ...AUDIT, sections: "evnts" }),
    ).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(asShown("audit.show", showAudit, world.ctx, { task: "nobody", ...AUDIT })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("reads windows and timestamps as instants", () => {
    const now = new Date("2026-11-21T10:00:00.000Z");
    expect(sinceInstant("30m", now)).toBe("2026-11-21T09:30:00.000Z");
    expect(sinceInstant("2d", now)).toBe("2026-11-19T10:00:00.000Z");
    expect(sinceInstant("2026-11-20T00:00:00Z", now)).toBe("2026-11-20T00:00:00.000Z");
    expect(() => sinceInstant("2026-99-99", now)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("replay", () => {
  it("tells the story in the order in which it happened", async () => {
    const task = await story();
    const told = await replay({ task: task.name, ...REPLAY });
    const kinds = told.entries.map(({ kind }) => kind);
    const order = ["acceptance_criterion", "command", "routed_notification", "observe", "decision", "finish"];
    expect(order.map((kind) => kinds.indexOf(kind))).toEqual(
      order.map((kind) => kinds.indexOf(kind)).sort((a, b) => a - b),
    );
    expect(kinds).toEqual(expect.arrayContaining(order));
    expect(told.entry_count).toBe(told.total_entry_count);
    expect(told.finish?.summary).toContain("merged");
    expect(JSON.stringify(told)).not.toContain("a private instruction");
  });

  it("leaves observation out of the compact form and keeps the finish in front of a cut", async () => {
    const task = await story();
    const compact = await replay({ task: task.name, ...REPLAY, format: "compact" });
    expect(compact.entries.map(({ kind }) => kind)).not.toContain("observe");
    const none = await replay({ task: task.name, ...REPLAY, limit: 0 });
    expect(none).toMatchObject({ entry_count: 0, entries: [], finish: { summary: expect.stringContaining("merged") } });
    expect(none.total_entry_count).toBeGreaterThan(0);
  });

  it("shows each role what concerns it", async () => {
    const task = await story();
    const worker = await replay({ task: task.name, ...REPLAY, role: "worker" });
    expect(worker.entries.map(({ kind }) => kind)).toEqual(["routed_notification"]);
    const manager = await replay({ task: task.name, ...REPLAY, role: "manager" });
    expect(manager.entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["decision", "finish", "observe"]));
  });

  it("shows the worker what it sent and what it was sent, and to each role its own answers", async () => {
    const task = await conversation();
    const seenBy = async (role: "worker" | "manager" | "reviewer") => {
      const { entries } = await replay({ task: task.name, ...REPLAY, role, format: "compact" });
      return entries
        .filter(({ kind }) => kind === "routed_notification" || kind === "notification_acknowledgement")
        .map(({ actor, details }) => [actor, details["signal_type"]]);
    };
    const both = [
      ["dispatch", "nudge_worker"],
      ["dispatch", "notify_manager"],
    ];
    expect(await seenBy("worker")).toEqual([...both, ["worker", "nudge_worker"]]);
    expect(await seenBy("manager")).toEqual([...both, ["manager", "notify_manager"]]);
    expect(await seenBy("reviewer")).toEqual([]);
  });

  it("tells how messages were answered, message texts only on request", async () => {
    const task = await conversation();
    const answers = async (include_content: boolean) => {
      const { entries } = await replay({ task: task.name, ...REPLAY, include_content });
      return entries.filter(({ kind }) => kind === "notification_acknowledgement");
    };
    const [hidden] = await answers(false);
    expect(hidden).toMatchObject({
      actor: "worker",
      source: "notification_acknowledgements",
      source_id: 1,
      summary: "worker acknowledged notification #1 as accepted",
      details: { acknowledgement_id: 1, notification_id: 1, correlation_id: null, status: "accepted" },
    });
    expect(hidden?.details["payload"]).toMatchObject({ summary: "tests pass", text_redacted: true });
    const [open] = await answers(true);
    expect(open?.details["payload"]).toEqual({ summary: "tests pass", text: "t" });
  });

  it("shows the phases of cycles on request", async () => {
    const task = await story();
    const { entries } = await replay({ task: task.name, ...REPLAY, spans: true });
    const phases = entries.filter(({ kind }) => kind === "manager_cycle_span").map(({ summary }) => summary);
    expect(phases).toEqual(expect.arrayContaining([expect.stringContaining("ingest_rollout succeeded")]));
  });

  it("prints stored terminal text only when told to", async () => {
    const { name } = await world.task();
    await expect(replay({ task: name, ...REPLAY, format: "full-transcript" })).rejects.toMatchObject({
      code: "usage",
    });
  });
});
