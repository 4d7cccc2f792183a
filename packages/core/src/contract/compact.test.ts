import { type Call, operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { record } from "../decisions/record.ts";
import { createWorld, type World } from "../testing/world.ts";
import { compactWorker, requestCompact } from "./compact.ts";
import { configure } from "./configure.ts";
import { handoff } from "./handoff.ts";

let world: World;
beforeEach(() => {
  world = createWorld({});
});
afterEach(() => world.close());

const request = (call: Partial<Call<"contract.requestCompact">> = {}) =>
  requestCompact(world.ctx, operations.contract.requestCompact.input.parse({ task: "parser", ...call }));
const compact = (call: Partial<Call<"contract.compactWorker">> = {}) =>
  compactWorker(world.ctx, operations.contract.compactWorker.input.parse({ task: "parser", reason: "long", ...call }));
const grant = () =>
  configure(world.ctx, operations.contract.configure.input.parse({ task: "parser", allow_worker_compact_clear: true }));
const leave = () =>
  handoff(world.ctx, operations.contract.handoff.input.parse({ task: "parser", summary: "split done" }));
const commands = () => world.store.read((tx) => tx.db.commands.findMany({ orderBy: { seq: "asc" } }));
const decisions = () => world.store.read((tx) => tx.db.manager_decisions.count());

/** A worker at its composer, with all that a request needs. */
async function supervised(): Promise<string> {
  const tmux_session = "compact-worker-pane";
  await world.composer(tmux_session);
  await world.pair({ task: "parser", worker: { tmux_session } });
  await grant();
  await leave();
  return tmux_session;
}

describe("request-worker-compact", () => {
  it.each([
    ["/compact", {}],
    ["/clear", { clear: true }],
  ] as const)("types %s into the worker's terminal, as nothing else could be", async (slash_command, call) => {
    const pane = await supervised();
    const answer = await request(call);
    expect(answer).toMatchObject({
      task: "parser",
      slash_command,
      send_text: slash_command,
      permission_check: { action: "worker_compact_clear", allowed: true, handoff_id: 1, reasons: [] },
      send_result: { dry_run: false, text: slash_command, side_effect_started: true, side_effect_completed: true },
    });
    expect(world.composers.received(pane)).toBe(`\u001b[200~${slash_command}\u001b[201~\r`);
    expect(await commands()).toMatchObject([
      { id: answer.command_id, type: "request_worker_compact", state: "succeeded" },
    ]);
  });

  it("explains itself with --prompt-only, which wins over --clear, and keeps the words out of the records", async () => {
    const pane = await supervised();
    const answer = await request({ prompt_only: true, clear: true });
    expect(answer).toMatchObject({ slash_command: null, send_text: answer.message });
    for (const part of [
      "only if your session supports it",
      "the task parser",
      "#1: split done",
      "conveyor handoff 'parser'",
    ]) {
      expect(answer.message).toContain(part);
    }
    expect(world.composers.received(pane)).toContain("Do not edit project files");
    const kept = JSON.stringify([await commands(), await world.auditEvent("worker_compact_request_succeeded")]);
    expect(kept).not.toContain("split done");
  });

  it("types nothing with --dry-run, and records the request", async () => {
    const pane = await supervised();
    expect(await request({ dry_run: true })).toMatchObject({
      send_result: { dry_run: true, side_effect_started: false, side_effect_completed: false },
    });
    expect(world.composers.received(pane)).toBe("");
    expect(await commands()).toMatchObject([{ state: "succeeded" }]);
  });
});

describe("request-worker-compact and compact-worker refuse, and record that", () => {
  beforeEach(async () => {
    await world.close();
    world = createWorld({ clock: fixedClock() });
  });
  const failed = async (stage: string) => {
    const [row] = await commands();
    expect(row).toMatchObject({ type: "request_worker_compact", state: "failed" });
    expect(JSON.parse(row?.result_json ?? "{}")).toMatchObject({ failure_stage: stage, expected_failure: true });
    expect(await world.auditTypes()).toContain("worker_compact_request_failed");
  };

  it("what the contract does not grant, with all reasons", async () => {
    await world.pair({ task: "parser" });
    await expect(request()).rejects.toMatchObject({
      code: "permission_denied",
      details: { reasons: ["missing_manager_config", "missing_worker_handoff"] },
    });
    await failed("preflight");
  });

  it("a decision that does not justify it, when decisions are strict", async () => {
    await world.pair({ task: "parser" });
    await grant();
    await leave();
    const wait = await record(world.ctx, { task: "parser", decision: "wait", reason: "r" });
    await expect(request({ strict_decisions: true, decision_id: wait.id })).rejects.toMatchObject({
      code: "gate_failed",
      details: { error: "manager_decision_validation_failed", manager_decision: { warnings: ["decision_mismatch"] } },
    });
    await failed("preflight");
  });

  it("a worker without a terminal, also when it would only be looked at", async () => {
    await world.pair({ task: "parser" });
    await grant();
    await leave();
    await expect(request({ dry_run: true })).rejects.toMatchObject({ code: "worker_not_tmux" });
    await failed("delivery");
  });

  it("an unbound task, without a decision and without a command", async () => {
    await world.task({ name: "parser" });
    await expect(compact()).rejects.toMatchObject({ code: "no_active_binding" });
    await expect(request()).rejects.toMatchObject({ code: "no_active_binding" });
    expect([await commands(), await decisions()]).toEqual([[], 0]);
  });

  it("a second request while one is under way", async () => {
    const { task } = await world.pair({ task: "parser" });
    await world.store.write(async (tx) => {
      const seq = tx.seq();
      await tx.db.commands.create({
        data: {
          id: "command-1",
          seq,
          updated_seq: seq,
          idempotency_key: "k",
          created_at: tx.now,
          updated_at: tx.now,
          task_id: task.id,
          type: "request_worker_compact",
          state: "attempted",
          payload_json: "{}",
        },
      });
    });
    await expect(compact()).rejects.toMatchObject({ code: "conflict", details: { id: "command-1" } });
    expect(await decisions()).toBe(0);
  });

  it("with compact-worker beside the decision that was taken, which says what would be sent", async () => {
    await world.pair({ task: "parser" });
    await expect(compact({ prompt_only: true })).rejects.toMatchObject({ code: "permission_denied" });
    expect(await world.auditEvent("manager_decision_recorded")).toMatchObject({
      payload: { decision: "nudge", reason: "long" },
    });
    const [decision] = await world.store.read((tx) => tx.db.manager_decisions.findMany());
    expect(JSON.parse(decision?.payload_json ?? "")).toEqual({ slash_command: null, source: "compact-worker" });
  });
});
