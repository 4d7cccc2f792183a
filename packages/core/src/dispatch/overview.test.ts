import { type Chain, operations } from "@conveyor/contracts";
import { canonicalJson, dispatchRows } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acknowledge } from "../inbox/acknowledge.ts";
import { takeManager, takeWorker } from "../inbox/take.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { overview } from "./overview.ts";
import { showMessage } from "./show-message.ts";
import { continuation, events, loopRun, notify, nudge, pass, turn } from "./testing/scenes.ts";

const ask = (world: World, input: Record<string, unknown> = {}) =>
  asShown("dispatch.overview", overview, world.ctx, operations.dispatch.overview.input.parse(input));

const take = (world: World, task: string, role: "worker" | "manager" = "worker") =>
  (role === "worker" ? takeWorker : takeManager)(
    world.ctx,
    operations.inbox[role === "worker" ? "takeWorker" : "takeManager"].input.parse({ task }),
  );

const answer = (world: World, task: string, notification_id: number, status: "received" | "accepted") =>
  acknowledge(
    world.ctx,
    operations.inbox.acknowledge.input.parse({ task, notification_id, role: "worker", status, payload: {} }),
  );

/** A dispatcher as it registers itself; `beat_at` says when it was last heard of. */
async function dispatcher(
  world: World,
  of: { id?: string; pid?: number; host?: string; dry_run?: boolean; seconds_ago?: number; stopped?: "yes" },
): Promise<void> {
  const { id = "d1", pid = process.pid, host = world.host.hostname, dry_run = false, seconds_ago = 0 } = of;
  const pid_started_at = await world.host.processes.startTime(pid);
  const instance_id = world.host.ids.next("instance");
  await world.store.fast((tx) => {
    dispatchRows.registerDispatcher(tx, {
      ...{ dispatcher_id: id, instance_id, pid, pid_started_at, host, host_id: of.host ?? world.host.host_id },
      ...{ interval_seconds: 2, watch: true, dry_run },
    });
    if (of.stopped) dispatchRows.closeDispatcher(tx, id, instance_id);
    tx.sql
      .hot("UPDATE dispatchers SET last_heartbeat_at = ? WHERE instance_id = ?")
      .run(new Date(Date.parse(tx.now) - seconds_ago * 1000).toISOString(), instance_id);
  });
}

describe("dispatch status", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  it("of a ledger where nothing ever happened says so", async () => {
    expect(await ask(world)).toMatchObject({
      task: null,
      health: { core_status: "not_observed", heartbeat: null, queued_count: 0, failed_count: 0, blocked_count: 0 },
      inbox: { pending_count: 0, consumed_count: 0, sessions: [] },
      chains: [],
      older: null,
      dispatchers: [],
      latency: { sample_size: 0, enqueue_to_deliver: { count: 0, p50_ms: null }, oldest_unconsumed_seconds: null },
    });
  });

  it("follows a message from the queue to the answer of the one who took it", async () => {
    const { task, worker } = await world.pair();
    const { command_id } = await nudge(world.ctx, task.name, "secret words", { correlation_id: "slice-4" });
    const only = async () => (await ask(world)).chains[0] as Chain;
    expect(await only()).toMatchObject({
      ...{
        key: command_id,
        command_id,
        command_type: "nudge_worker",
        command_state: "pending",
        correlation_id: "slice-4",
      },
      ...{ task_name: task.name, claim: null, attempts: [], notifications: [], error: null, side_effect_risk: false },
      conversation: [{ kind: "queued_command", show: command_id, message_redacted: true, message_byte_count: 12 }],
    });
    await pass(world.ctx, { dispatcher_id: "d7" });
    const waiting = await ask(world);
    expect(waiting.health).toMatchObject({ queued_count: 0 });
    expect(waiting.inbox).toMatchObject({
      pending_count: 1,
      pull_required_pending_count: 1,
      consumed_count: 0,
      sessions: [
        { session_name: worker.name, pending_count: 1, items: [{ signal_type: "nudge_worker", consumed_at: null }] },
      ],
    });
    expect(waiting.chains[0]).toMatchObject({
      command_state: "succeeded",
      claim: { claimed_by: "d7", expired: false },
      attempt_count: 1,
      attempts: [{ dispatcher_id: "d7", state: "succeeded", side_effect_started: false }],
      notification_count: 1,
      notifications: [{ delivery_mode: "pull_required", target_session_name: worker.name, acknowledgement: null }],
    });
    const item = waiting.chains[0]?.notifications[0]?.id as number;
    await take(world, task.name);
    await answer(world, task.name, item, "accepted");
    const done = await ask(world, { task: task.name });
    expect(done.inbox).toMatchObject({
      pending_count: 0,
      consumed_count: 1,
      sessions: [{ session_id: worker.session_id, pending_count: 0, consumed_count: 1, items: [] }],
    });
    expect(done.inbox.sessions[0]?.latest_consumed_at).toBe(done.chains[0]?.notifications[0]?.consumed_at);
    expect(done.chains[0]?.notifications[0]).toMatchObject({ acknowledgement: { status: "accepted", role: "worker" } });
    expect(done.chains[0]?.conversation.map(({ kind }) => kind)).toEqual(["dispatch_attempt", "routed_notification"]);
    expect(done.latency).toMatchObject({
      sample_size: 1,
      enqueue_to_deliver: { count: 1 },
      deliver_to_consume: { count: 1 },
      consume_to_ack: { count: 1 },
    });
  });

  it("shows words only to those who ask for them, and never in attempts", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "secret words");
    expect(JSON.stringify(await ask(world))).not.toContain("secret words");
    await pass(world.ctx);
    expect(JSON.stringify(await ask(world))).not.toContain("secret words");
    const told = await ask(world, { include_content: true });
    expect(told.chains[0]?.conversation.at(-1)).toMatchObject({ kind: "routed_notification", message: "secret words" });
  });

  it("tells of a finished turn as a chain of its own, with what the worker said kept back", async () => {
    const { task, worker, manager } = await world.pair();
    await events(world, worker.session_id, turn("turn-1", { last_agent_message: "all green", duration_ms: 5 }));
    await pass(world.ctx);
    const [chain] = (await ask(world, { task: task.name })).chains;
    expect(chain).toMatchObject({
      command_id: null,
      command_type: "worker_task_complete",
      command_state: "delivered",
      notifications: [{ target_session_name: manager.name }],
    });
    expect(chain?.key).toBe(`notification-${chain?.notifications[0]?.id}`);
    expect(chain?.source_event_id).toBeGreaterThan(0);
    expect(chain?.conversation).toMatchObject([
      { kind: "routed_notification", message_redacted: true },
      { kind: "worker_receipt", message_redacted: true, message_byte_count: 9 },
    ]);
  });

  it("says why a continuation was blocked", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { current_iteration: 1, max_iterations: 3 });
    await continuation(world, task.id, run_id, 2);
    await pass(world.ctx);
    const seen = await ask(world);
    expect(seen.health).toMatchObject({ blocked_count: 1, failed_count: 0 });
    expect(seen.chains[0]).toMatchObject({
      command_state: "blocked",
      blocked_policy: {
        ...{ reason: "missing_adversarial_check_evidence", missing_evidence: ["adversarial_check"], run_id },
        ...{ current_iteration: 1, max_iterations: 3, requested_iteration: 2 },
        ...{ delivered: false, target_worker_notified: false },
      },
    });
  });

  it("names the decision behind a command only when it is one of this task", async () => {
    const { task } = await world.pair();
    const other = await world.pair();
    const decide = (task_id: string) =>
      world.store.write(async (tx) => {
        const data = { seq: tx.seq(), task_id, decision: "nudge", reason: "tests are red", created_at: tx.now };
        return (await tx.db.manager_decisions.create({ data: { ...data, payload_json: "{}" } })).id;
      });
    const own = await decide(task.id);
    const foreign = await decide(other.task.id);
    const ids = [own, foreign];
    for (const id of ids) {
      const { command_id } = await nudge(world.ctx, task.name, "go");
      const payload = canonicalJson({ message: "go", manager_decision: { decision_id: id } });
      await world.store.fast((tx) =>
        tx.sql.hot("UPDATE commands SET payload_json = ? WHERE id = ?").run(payload, command_id),
      );
    }
    const { chains } = await ask(world, { task: task.name });
    expect(chains.map(({ manager_decision_id }) => manager_decision_id)).toEqual([null, own]);
    expect(chains[1]?.conversation[0]).toMatchObject({ kind: "manager_decision", detail: "tests are red" });
  });

  it("counts what stands in the way, for the ledger and for one task", async () => {
    const first = await world.pair();
    const second = await world.pair();
    await nudge(world.ctx, first.task.name, "queued");
    for (const message of ["will fail", "claimed"]) await nudge(world.ctx, second.task.name, message);
    await world.store.fast((tx) => {
      tx.sql.atomic("UPDATE commands SET state = 'failed' WHERE payload_json LIKE '%will fail%'").run();
      tx.sql
        .atomic(
          `INSERT INTO command_attempts (seq, command_id, correlation_id, dispatcher_id, started_at, state, side_effect_started)
         SELECT ?, id, correlation_id, 'd1', ?, 'failed', 1 FROM commands WHERE payload_json LIKE '%will fail%'`,
        )
        .run(tx.seq(), tx.now);
      tx.sql
        .atomic(
          `UPDATE commands SET state = 'attempted', claimed_by = 'd1', claimed_at = ?, claim_expires_at = '2020-01-01T00:00:00.000Z'
         WHERE payload_json LIKE '%claimed%'`,
        )
        .run(tx.now);
    });
    await world.anyTelemetry({ event_type: "dispatch_signal_suppressed", summary: "twice", task_id: first.task.id });
    expect((await ask(world)).health).toMatchObject({
      ...{
        queued_count: 2,
        failed_count: 1,
        stale_claim_count: 1,
        side_effect_risk_count: 1,
        suppressed_signal_count: 1,
      },
    });
    expect((await ask(world, { task: first.task.name })).health).toMatchObject({
      ...{
        queued_count: 1,
        failed_count: 0,
        stale_claim_count: 0,
        side_effect_risk_count: 0,
        suppressed_signal_count: 1,
      },
    });
    const ofSecond = await ask(world, { task: second.task.name });
    expect(ofSecond.health).toMatchObject({ failed_count: 1, side_effect_risk_count: 1, suppressed_signal_count: 0 });
    expect(ofSecond.chains.map(({ side_effect_risk, claim }) => [side_effect_risk, claim?.expired ?? null])).toEqual([
      [false, true],
      [true, null],
    ]);
  });

  it("does not call a push a risk while a live dispatcher carries it out", async () => {
    const { task } = await world.pair();
    const { command_id } = await nudge(world.ctx, task.name, "typing");
    const claimUntil = (claim_expires_at: string) =>
      world.store.fast((tx) => {
        tx.sql
          .atomic("UPDATE commands SET state = 'attempted', claimed_by = 'd1', claim_expires_at = ?")
          .run(claim_expires_at);
        tx.sql
          .atomic(
            `INSERT OR IGNORE INTO command_attempts
             (id, seq, command_id, correlation_id, dispatcher_id, started_at, state, side_effect_started)
           VALUES (1, ?, ?, 'c', 'd1', ?, 'running', 1)`,
          )
          .run(tx.seq(), command_id, tx.now);
      });
    await claimUntil("2999-01-01T00:00:00.000Z");
    const busy = await ask(world);
    expect([busy.health.side_effect_risk_count, busy.chains[0]?.side_effect_risk]).toEqual([0, false]);
    await claimUntil("2020-01-01T00:00:00.000Z");
    const left = await ask(world);
    expect([left.health.side_effect_risk_count, left.chains[0]?.side_effect_risk]).toEqual([1, true]);
  });

  it("pages through all chains, commands and finished turns alike, newest first and none twice", async () => {
    const { task, worker } = await world.pair();
    for (let i = 0; i < 4; i += 1) {
      await nudge(world.ctx, task.name, `message ${i}`);
      await events(world, worker.session_id, turn(`turn-${i}`));
      await pass(world.ctx, { limit: 20 });
    }
    for (const scope of [{}, { task: task.name }]) {
      const types: string[] = [];
      const keys = new Set<string>();
      let before: number | undefined;
      do {
        const page = await ask(world, { ...scope, limit: 3, before });
        for (const chain of page.chains) {
          types.push(chain.command_type);
          keys.add(chain.key);
        }
        before = page.older ?? undefined;
      } while (before !== undefined);
      expect(keys.size).toBe(8);
      expect(types).toEqual(Array(4).fill(["worker_task_complete", "nudge_worker"]).flat());
    }
  });

  it("shows only chains in the states that are asked for, also behind newer ones", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "denied", { required_permission: "merge_green_pr", max_attempts: 1 });
    await nudge(world.ctx, task.name, "delivered");
    await notify(world.ctx, task.name, "delivered too");
    await pass(world.ctx);
    await nudge(world.ctx, task.name, "waits");
    for (const scope of [{}, { task: task.name }]) {
      const states = async (state: string[]) =>
        (await ask(world, { ...scope, state, limit: 2 })).chains.map(({ command_state }) => command_state);
      expect(await states(["failed"])).toEqual(["failed"]);
      expect(await states(["pending", "failed"])).toEqual(["pending", "failed"]);
      expect(await states(["succeeded"])).toEqual(["succeeded", "succeeded"]);
      expect(await states(["blocked"])).toEqual([]);
    }
  });

  it.each(["Run the tests", "null", "[]", '{"worker_receipt":null,"message":{}}'])(
    "shows the rest when a damaged ledger holds %s as a payload",
    async (payload) => {
      const { task, worker } = await world.pair();
      await nudge(world.ctx, task.name, "to be spoiled");
      await events(world, worker.session_id, turn("turn-1"));
      await pass(world.ctx);
      world.store.handle.pragma("ignore_check_constraints = ON");
      await world.store.fast((tx) => {
        tx.sql.atomic("UPDATE commands SET payload_json = ?").run(payload);
        tx.sql.atomic("UPDATE routed_notifications SET payload_json = ?").run(payload);
      });
      const { chains } = await ask(world, { include_content: true });
      expect(chains.map(({ command_state }) => command_state)).toEqual(["delivered", "succeeded"]);
      expect(await showMessage(world.ctx, { id: "1" })).toMatchObject({ message: null, last_agent_message: null });
    },
  );

  it("refuses a task that does not exist", async () => {
    await expect(ask(world, { task: "nowhere" })).rejects.toMatchObject({ code: "not_found" });
  });

  describe("knows whether anybody dispatches", () => {
    it("when one does", async () => {
      await dispatcher(world, { id: "old", seconds_ago: 300 });
      await dispatcher(world, { id: "live", seconds_ago: 5 });
      await dispatcher(world, { id: "ended", stopped: "yes" });
      const { health, dispatchers } = await ask(world);
      expect(health).toMatchObject({ core_status: "active", heartbeat: { dispatcher_id: "live", stale: false } });
      expect(health.heartbeat?.stale_seconds).toBeGreaterThanOrEqual(5);
      expect(dispatchers.map(({ dispatcher_id, state }) => [dispatcher_id, state])).toEqual([
        ["live", "active"],
        ["old", "stale"],
        ["ended", "stopped"],
      ]);
    });

    it.each([
      ["its last beat is long ago", { seconds_ago: 31 }],
      ["it only looks", { dry_run: true }],
      ["its process is dead", { pid: 2 ** 22 - 3 }],
      ["it said that it stopped", { stopped: "yes" as const }],
    ])("and that it does not count when %s", async (_why, of) => {
      await dispatcher(world, of);
      expect((await ask(world)).health).toMatchObject({
        core_status: "stale",
        operator_message: expect.stringContaining("completions may not wake managers"),
        heartbeat: { dispatcher_id: "d1", stale: true },
      });
    });

    it("and when several go by one id", async () => {
      await dispatcher(world, { id: "twin" });
      await dispatcher(world, { id: "twin" });
      await dispatcher(world, { id: "single" });
      expect((await ask(world)).duplicate_dispatcher_ids).toEqual(["twin"]);
    });
  });
});

describe("dispatch show", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const show = (id: string) => showMessage(world.ctx, { id });

  it("tells the words of a command and of a notification, and notes that it did without them", async () => {
    const { task } = await world.pair();
    const { command_id } = await nudge(world.ctx, task.name, "secret words");
    expect(await show(command_id)).toMatchObject({ command_id, notification_id: null, message: "secret words" });
    await pass(world.ctx);
    const [chain] = (await ask(world)).chains;
    const shown = await show(String(chain?.notifications[0]?.id));
    expect(shown).toMatchObject({ command_id, message: "secret words", last_agent_message: null });
    expect(shown.receipt.event_type).toBe("dispatch_message_shown");
    const note = await world.telemetryEvent("dispatch_message_shown");
    expect(note).toMatchObject({ id: shown.receipt.event_id, actor: "operator", task_id: task.id });
    expect(note?.attributes).toEqual({ byte_count: 12 });
    expect(JSON.stringify(note)).not.toContain("secret");
  });

  it("tells what a worker said at the end of its turn", async () => {
    const { worker } = await world.pair();
    await events(world, worker.session_id, turn("turn-1", { last_agent_message: "all green" }));
    await pass(world.ctx);
    expect(await show("1")).toMatchObject({ signal_type: "worker_task_complete", last_agent_message: "all green" });
  });

  it("refuses what does not exist and what is not clear, and then notes nothing", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "one");
    await nudge(world.ctx, task.name, "two");
    await expect(show("99")).rejects.toMatchObject({ code: "not_found" });
    await expect(show("nothing")).rejects.toMatchObject({ code: "not_found" });
    await expect(show("command-")).rejects.toMatchObject({ code: "ambiguous" });
    expect(await world.telemetryEvent("dispatch_message_shown")).toBeUndefined();
  });
});
