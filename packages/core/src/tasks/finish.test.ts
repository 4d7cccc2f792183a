import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import type { ConveyorError } from "@conveyor/contracts/errors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../bindings/bind.ts";
import { add as addCriterion } from "../criteria/add.ts";
import { satisfy as satisfyCriterion } from "../criteria/change.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { createWorld, type World } from "../testing/world.ts";
import { capture as captureTranscripts } from "../transcripts/capture.ts";
import { finish as finishTask } from "./finish.ts";

const PROOF = {
  evidence_type: "adversarial_check",
  failure_mode: "empty input",
  check: "ran it",
  result: "rejected as wanted",
};

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

type Flags = Partial<CallOf<typeof operations.tasks.finish>>;

function finish(task: string, more: Flags = {}) {
  return finishTask(world.ctx, operations.tasks.finish.input.parse({ task, reason: "all done", ...more }));
}

function accepted(task: string, criterion: string) {
  return addCriterion(world.ctx, { task, criterion, source: "user_requested", status: "accepted" });
}

async function stateOf(task_id: string) {
  return world.store.read(async (tx) => {
    const task = await tx.db.tasks.findUniqueOrThrow({ where: { id: task_id } });
    const binding = await tx.db.bindings.findFirst({ where: { task_id }, orderBy: { seq: "desc" } });
    const commands = await tx.db.commands.findMany({
      where: { task_id, type: "finish_task" },
      orderBy: { seq: "asc" },
    });
    const events = await tx.db.events.findMany({ where: { task_id }, orderBy: { seq: "asc" }, select: { type: true } });
    return {
      task: task.state,
      binding: binding?.state,
      commands: commands.map(({ state }) => state),
      events: events.map(({ type }) => type),
    };
  });
}

describe("finish-task", () => {
  it("closes the task, ends its binding and says what it found", async () => {
    const { task } = await world.pair();
    const result = await finish(task.name, { require_criteria_audit: true });
    expect(result).toMatchObject({ task: task.name, finish: true, already_done_followup: false, killed_worker: false });
    expect(result.final_audit).toMatchObject({ total: 0, open_criteria: [], require_criteria_audit: true });
    expect(result.final_decision_id).toBeTypeOf("number");
    const state = await stateOf(task.id);
    expect(state).toMatchObject({ task: "done", binding: "ended", commands: ["succeeded"] });
    expect(state.events.slice(-4)).toEqual([
      "manager_decision_recorded",
      "finish_task_intent",
      "finish_task_criteria_audit",
      "finish_task_succeeded",
    ]);
  });

  it("warns when the audit had nothing to check, and when messages were left", async () => {
    const agreed = await world.pair();
    const { affected_criterion } = await accepted(agreed.task.name, "works");
    await satisfyCriterion(
      world.ctx,
      operations.criteria.satisfy.input.parse({
        task: agreed.task.name,
        criterion_id: affected_criterion.id,
        proof: "ran it",
      }),
    );
    expect((await finish(agreed.task.name, { require_criteria_audit: true })).warnings).toEqual([]);
    const unasked = await world.pair();
    expect((await finish(unasked.task.name)).warnings).toEqual([]);
    const empty = await world.pair();
    await enqueueNudgeWorker(
      world.ctx,
      operations.dispatch.enqueueNudgeWorker.input.parse({ task: empty.task.name, message: "begin", deliver: true }),
    );
    const closed = await finish(empty.task.name, { require_criteria_audit: true });
    expect(closed).toMatchObject({ unread_notifications: 1, warnings: ["nothing_was_agreed", "unread_messages"] });
  });

  it("refuses while an accepted criterion is open, changes nothing, and records the refusal", async () => {
    const { task } = await world.pair();
    const { affected_criterion } = await accepted(task.name, "Parser rejects empty input");
    await expect(finish(task.name, { require_criteria_audit: true })).rejects.toMatchObject({
      code: "gate_failed",
      message: expect.stringContaining(`#${affected_criterion.id}: Parser rejects empty input`),
      details: { failure_stage: "final_criteria_audit" },
    });
    expect(await stateOf(task.id)).toMatchObject({ task: "managed", binding: "active", commands: ["failed"] });
    await satisfyCriterion(world.ctx, { task: task.name, criterion_id: affected_criterion.id, proof: "tests pass" });
    await expect(finish(task.name, { require_criteria_audit: true })).resolves.toMatchObject({ finish: true });
  });

  it("lists every gate that refuses, in their order", async () => {
    const { task } = await world.pair();
    await accepted(task.name, "It works");
    const refused = finish(task.name, {
      require_criteria_audit: true,
      require_acks: true,
      require_adversarial_proof: true,
      strict_decisions: true,
    });
    await expect(refused).rejects.toMatchObject({
      details: {
        failures: ["final_adversarial_audit", "manager_decision", "final_criteria_audit", "final_ack_audit"].map(
          (stage) => expect.objectContaining({ stage }),
        ),
      },
    });
  });

  it("names each command that satisfies a gate once, so that it can be told where it begins and ends", async () => {
    const { task } = await world.pair();
    await accepted(task.name, "It works");
    const refused = finish(task.name, { require_proof: true, require_criteria_audit: true, require_acks: true });
    const { hint, details } = (await refused.catch((thrown: unknown) => thrown)) as ConveyorError;
    const fixes = (details["failures"] as { fix: string[] }[]).flatMap(({ fix }) => fix);
    expect(fixes.length).toBeGreaterThanOrEqual(4);
    for (const fix of fixes) expect(hint?.split(`\`${fix}\``)).toHaveLength(2);
  });

  it("takes structured evidence of an adversarial check as proof, and a failed check not", async () => {
    const { task } = await world.pair();
    const { affected_criterion } = await accepted(task.name, "Parser rejects empty input");
    const satisfy = (evidence: Record<string, unknown>) =>
      satisfyCriterion(world.ctx, { task: task.name, criterion_id: affected_criterion.id, evidence });
    await satisfy({ ...PROOF, status: "FAILED" });
    await expect(finish(task.name, { require_adversarial_proof: true })).rejects.toMatchObject({ code: "gate_failed" });
    await satisfy(PROOF);
    const { final_adversarial_audit } = await finish(task.name, { require_adversarial_proof: true });
    expect(final_adversarial_audit).toMatchObject({ ok: true, criterion_id: affected_criterion.id });
  });

  it("wants a fresh stop decision of this task when decisions are strict", async () => {
    const { task } = await world.pair();
    const nudge = await recordDecision(world.ctx, { task: task.name, decision: "nudge", reason: "go on" });
    await expect(finish(task.name, { strict_decisions: true, decision_id: nudge.id })).rejects.toMatchObject({
      details: { error: "manager_decision_validation_failed", manager_decision: { warnings: ["decision_mismatch"] } },
    });
    const stop = await recordDecision(world.ctx, { task: task.name, decision: "stop", reason: "proven" });
    const { manager_decision } = await finish(task.name, { strict_decisions: true, decision_id: stop.id });
    expect(manager_decision.ok).toBe(true);
  });

  it("refuses a second time, and one of two at once", async () => {
    const { task } = await world.pair();
    const outcomes = await Promise.allSettled([finish(task.name), finish(task.name)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(finish(task.name)).rejects.toMatchObject({ code: "terminal_state" });
    expect((await stateOf(task.id)).task).toBe("done");
  });

  it("stops the worker's terminal, marks the session gone and leaves the manager's alone", async () => {
    await world.tmux("w-finish");
    await world.tmux("m-finish");
    const { task, worker } = await world.pair({
      worker: { tmux_session: "w-finish" },
      manager: { tmux_session: "m-finish" },
    });
    const result = await finish(task.name, { stop_worker: true });
    expect(result).toMatchObject({
      killed_worker: true,
      killed_manager: false,
      worker_identity: { live: true, mismatches: [] },
    });
    expect(await world.host.tmux.sessionExists("w-finish")).toBe(false);
    expect(await world.host.tmux.sessionExists("m-finish")).toBe(true);
    const session = await world.store.read((tx) =>
      tx.db.sessions.findUniqueOrThrow({ where: { id: worker.session_id } }),
    );
    expect(session.state).toBe("gone");
  });

  it("closes a task whose terminal is gone already, and cleans up after a finished one", async () => {
    await world.tmux("w-gone");
    const { task } = await world.pair({ worker: { tmux_session: "w-gone" } });
    await world.host.tmux.kill("w-gone");
    const first = await finish(task.name, { stop_worker: true });
    expect(first).toMatchObject({ killed_worker: false, worker_identity: { mismatches: ["tmux_session_missing"] } });
    const second = await finish(task.name, { stop_worker: true });
    expect(second).toMatchObject({ already_done_followup: true, final_decision_id: null });
  });

  it("leaves the task open when another program now has the worker's terminal", async () => {
    await world.tmux("w-taken");
    const { task } = await world.pair({ worker: { tmux_session: "w-taken" } });
    await world.host.tmux.kill("w-taken");
    await world.tmux("w-other");
    await world.tmux("w-taken");
    await expect(finish(task.name, { stop_worker: true })).rejects.toMatchObject({ code: "side_effect_failed" });
    expect(await world.host.tmux.sessionExists("w-taken")).toBe(true);
    expect(await stateOf(task.id)).toMatchObject({ task: "managed", binding: "active", commands: ["failed"] });
  });

  it("stores no word of the message to the worker", async () => {
    await world.tmux("w-message", ["cat"]);
    const { task } = await world.pair({ worker: { tmux_session: "w-message" } });
    await finish(task.name, { stop_worker: true, message: "a very private farewell" });
    const [events, telemetry, commands] = await world.store.read((tx) =>
      Promise.all([tx.db.events.findMany(), tx.db.telemetry_events.findMany(), tx.db.commands.findMany()]),
    );
    expect(JSON.stringify([events, telemetry, commands])).not.toContain("private farewell");
  });

  it("tells when the last message could not be typed, and stops the worker all the same", async () => {
    await world.tmux("w-dialog", [
      "sh",
      "-c",
      "printf '  Would you like to run the following command?\\n› 1. Yes, proceed (y)\\n'; sleep 600",
    ]);
    const { task } = await world.pair({ worker: { tmux_session: "w-dialog" } });
    await expect.poll(() => world.host.tmux.capture({ session: "w-dialog" }, 10)).toContain("1. Yes");
    const result = await finish(task.name, { stop_worker: true, message: "pushed by mistake" });
    expect(result).toMatchObject({ killed_worker: true, warnings: ["message_not_delivered"] });
  });

  it("refuses when the rollout of a living terminal is another thread's, or is nowhere any more", async () => {
    await world.tmux("w-thread");
    const { task, worker } = await world.pair({ worker: { tmux_session: "w-thread" } });
    const path = worker.codex_session_path as string;
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(worker.codex_session_id as string, randomUUID()));
    await expect(finish(task.name, { stop_worker: true })).rejects.toMatchObject({
      code: "side_effect_failed",
      details: { identity: { mismatches: ["codex_session_id_mismatch"] } },
    });
    rmSync(path);
    await expect(finish(task.name, { stop_worker: true })).rejects.toMatchObject({
      details: { identity: { mismatches: ["codex_session_path_invalid"] } },
    });
    expect(await world.host.tmux.sessionExists("w-thread")).toBe(true);
    expect(await stateOf(task.id)).toMatchObject({
      task: "managed",
      binding: "active",
      commands: ["failed", "failed"],
    });
  });

  it("does not stop a session that has gone on to another task when it cleans up after the first", async () => {
    await world.tmux("w-next");
    const first = await world.pair({ worker: { tmux_session: "w-next" } });
    await finish(first.task.name);
    const next = await world.task({ name: "next" });
    const manager = await world.manager();
    await bind(world.ctx, { task: next.name, worker: first.worker.name, manager: manager.name });
    await expect(finish(first.task.name, { stop_worker: true })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining('"next"'),
    });
    expect(await world.host.tmux.sessionExists("w-next")).toBe(true);
  });

  it("closes the task although the tmux server went away after the pair was bound", async () => {
    await world.tmux("w-server");
    await world.tmux("m-server");
    const { task } = await world.pair({ worker: { tmux_session: "w-server" }, manager: { tmux_session: "m-server" } });
    await world.host.tmux.kill("w-server");
    await world.host.tmux.kill("m-server");
    const result = await finish(task.name, { stop_worker: true, stop_manager: true, message: "bye" });
    expect(result).toMatchObject({ killed_worker: false, killed_manager: false, warnings: ["message_not_delivered"] });
    expect((await stateOf(task.id)).task).toBe("done");
  });

  it("closes a task that is bound to a folder-based worker, unless the folder tells of another one", async () => {
    await world.tmux("codex-old");
    const { task, binding_id } = await world.pair();
    await folderWorker("old", { identity_token: "workerctl-1", tmux_session: "codex-old" });
    await world.store.write((tx) =>
      tx.db.bindings.update({ where: { id: binding_id }, data: { worker_id: "worker-old" } }),
    );
    writeConfig("old", { identity_token: "workerctl-2", tmux_session: "codex-other" });
    await expect(finish(task.name, { stop_worker: true })).rejects.toMatchObject({
      details: { identity: { mismatches: ["identity_token_mismatch", "tmux_session_mismatch"] } },
    });
    writeConfig("old", { identity_token: "workerctl-1", tmux_session: "codex-old" });
    const result = await finish(task.name, { stop_worker: true });
    expect(result).toMatchObject({ killed_worker: true, worker: "old", worker_session: null });
    const row = await world.store.read((tx) => tx.db.workers.findUniqueOrThrow({ where: { id: "worker-old" } }));
    expect(row).toMatchObject({ state: "stopped", exit_reason: "finish_task" });
  });
});

async function folderWorker(
  name: string,
  { identity_token, tmux_session }: { identity_token: string; tmux_session: string },
) {
  await world.store.write(async (tx) => {
    const times = { created_at: tx.now, updated_at: tx.now, seq: tx.seq(), updated_seq: tx.seq() };
    await tx.db.workers.create({
      data: { id: `worker-${name}`, name, cwd: world.cwd, state: "active", identity_token, tmux_session, ...times },
    });
  });
}

function writeConfig(name: string, config: Record<string, string>) {
  const folder = join(world.ctx.settings.state_root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
}

describe("finish-task with a transcript of what it stops", () => {
  const capture = {
    stop_worker: true,
    capture_transcript_before_stop: true,
    require_transcript_segment: true,
  } as const;

  async function worker(session: string, text: string) {
    await world.tmux(session, ["sh", "-c", 'printf "$0"; sleep 600', text]);
    if (text !== "") await expect.poll(() => world.host.tmux.capture({ session }, 10)).not.toBe("");
    return world.pair({ worker: { tmux_session: session } });
  }

  it("keeps what the terminal showed, and shows no word of it anywhere else", async () => {
    const { task } = await worker("w-kept", "a secret line\\nanother\\n");
    const result = await finish(task.name, capture);
    expect(result.pre_stop_transcript_captures).toMatchObject([
      {
        role: "worker",
        capture: { source: "finish_task_pre_stop", output_redacted: true },
        transcript_segment: { mode: "segment", segment_kind: "reset", line_count: 2 },
      },
    ]);
    const [segments, records] = await world.store.read(async (tx) => [
      await tx.db.transcript_segments.findMany(),
      [await tx.db.events.findMany(), await tx.db.telemetry_events.findMany(), await tx.db.commands.findMany()],
    ]);
    expect(segments.map(({ segment_text }) => segment_text)).toEqual(["a secret line\nanother"]);
    expect(JSON.stringify([records, result])).not.toContain("secret line");
    expect(await world.auditEvent("finish_task_pre_stop_transcript_captured")).toMatchObject({
      payload: { lines: 200, mode: "segment" },
    });
  });

  it("stops nothing when a terminal shows only blanks", async () => {
    const { task } = await worker("w-blank", "");
    await expect(finish(task.name, capture)).rejects.toMatchObject({
      code: "side_effect_failed",
      message: expect.stringContaining("shows no text"),
    });
    expect(await world.host.tmux.sessionExists("w-blank")).toBe(true);
    expect(await stateOf(task.id)).toMatchObject({ task: "managed", binding: "active" });
    expect(await finish(task.name, { ...capture, require_transcript_segment: false })).toMatchObject({
      killed_worker: true,
    });
  });

  it("is content with a screen that was captured before, and fails for a terminal that is gone", async () => {
    const { task } = await worker("w-same", "done\\n");
    await captureTranscripts(
      world.ctx,
      operations.transcripts.capture.input.parse({ task: task.name, role: "worker" }),
    );
    const result = await finish(task.name, capture);
    expect(result.pre_stop_transcript_captures).toMatchObject([{ transcript_segment: null }]);
    await expect(finish(task.name, capture)).rejects.toMatchObject({ code: "side_effect_failed" });
    expect((await stateOf(task.id)).task).toBe("done");
  });

  it("captures the manager that was left running when asked after the end", async () => {
    await world.tmux("m-left", ["sh", "-c", "printf 'review\\n'; sleep 600"]);
    const { task } = await world.pair({ manager: { tmux_session: "m-left" } });
    await finish(task.name);
    await expect.poll(() => world.host.tmux.capture({ session: "m-left" }, 10)).toBe("review");
    const result = await finish(task.name, { capture_transcript_before_stop: true });
    expect(result).toMatchObject({ already_done_followup: true, pre_stop_transcript_captures: [{ role: "manager" }] });
    expect(await world.host.tmux.sessionExists("m-left")).toBe(true);
  });

  it("refuses a requirement without capture, and one of a capture that keeps no text", async () => {
    const { task } = await world.pair();
    await expect(finish(task.name, { require_transcript_segment: true })).rejects.toMatchObject({ code: "usage" });
    const metadata = { ...capture, capture_transcript_mode: "metadata" } as const;
    await expect(finish(task.name, metadata)).rejects.toMatchObject({ code: "usage" });
  });
});
