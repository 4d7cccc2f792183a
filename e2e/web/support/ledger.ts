import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { bind } from "../../../packages/core/src/bindings/bind.ts";
import { unbind } from "../../../packages/core/src/bindings/unbind.ts";
import { addSlot } from "../../../packages/core/src/campaigns/add-slot.ts";
import { asset as recordAsset } from "../../../packages/core/src/campaigns/asset.ts";
import { assign } from "../../../packages/core/src/campaigns/assign.ts";
import { create as createCampaign } from "../../../packages/core/src/campaigns/create.ts";
import { add as addCriterion } from "../../../packages/core/src/criteria/add.ts";
import { list as listCriteria } from "../../../packages/core/src/criteria/list.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "../../../packages/core/src/dispatch/enqueue-message.ts";
import { run as runDispatch } from "../../../packages/core/src/dispatch/run.ts";
import { continuation, loopRun } from "../../../packages/core/src/dispatch/testing/scenes.ts";
import { watch as watchDispatch } from "../../../packages/core/src/dispatch/watch.ts";
import { acknowledge } from "../../../packages/core/src/inbox/acknowledge.ts";
import { takeSession } from "../../../packages/core/src/inbox/take.ts";
import { type Ctx, createAgents, createHost, Store } from "../../../packages/core/src/index.ts";
import { deregister } from "../../../packages/core/src/sessions/deregister.ts";
import { registerManager, registerWorker } from "../../../packages/core/src/sessions/register.ts";
import { create as createTask } from "../../../packages/core/src/tasks/create.ts";
import { finish as finishTask } from "../../../packages/core/src/tasks/finish.ts";
import { Composers } from "../../../packages/core/src/testing/composer.ts";
import { exec } from "../../../packages/host/src/index.ts";

/**
 * A ledger of its own with everything real in it, written through a connection that is not the server's, as another
 * process would. `age` makes what is written look older, in seconds.
 */
export class Ledger {
  /** Holds everything that is written; removed on `close`. */
  readonly root: string;
  /** Environment for the server, so that it sees the same private tmux server. */
  readonly env: Record<string, string | undefined>;
  readonly path: string;
  readonly ctx: Ctx;
  readonly #composers: Composers;
  /** How long ago the next writes are to have happened, in seconds. */
  age = 0;

  constructor(root: string = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-web-")))) {
    this.root = root;
    this.#composers = new Composers(this.root);
    const tmux = join(this.root, "tmux");
    const state_root = join(this.root, ".codex-workers");
    mkdirSync(tmux);
    mkdirSync(state_root, { recursive: true, mode: 0o700 });
    this.path = join(state_root, "workerctl.db");
    const { TMUX: _ours, ...env } = process.env;
    this.env = { ...env, TMUX_TMPDIR: tmux, CODEX_HOME: join(this.root, "codex") };
    const machine = createHost({ env: this.env });
    const now = () => new Date(Date.now() - this.age * 1000);
    const host = { ...machine, clock: { ...machine.clock, now, iso: () => now().toISOString() } };
    const store = Store.open({ path: this.path, create: true, clock: host.clock, host_id: () => host.host_id });
    const settings = {
      ledger_path: this.path,
      state_root,
      program: "conveyor",
      self: [],
      durable: false,
    };
    const agents = createAgents({ homes: { codex: join(this.root, "codex") } });
    this.ctx = { host, agents, settings, store, signal: new AbortController().signal };
  }

  task(name: string, goal: string) {
    return createTask(this.ctx, { name, goal, summary: null });
  }

  /** An agent without a terminal, which polls its inbox. */
  pulling(role: "worker" | "manager", name: string) {
    const register = role === "worker" ? registerWorker : registerManager;
    return register(this.ctx, { name, codex_session: this.#rollout() });
  }

  /** An agent in tmux, which messages are typed to, unless a dialog stands on its screen. */
  async pushed(role: "worker" | "manager", name: string, dialog?: string) {
    const register = role === "worker" ? registerWorker : registerManager;
    const { tmux } = this.ctx.host;
    await tmux.start({
      session: name,
      cwd: this.root,
      argv: this.#composers.argv(name, dialog === undefined ? {} : { dialog }),
    });
    const shown = dialog?.split("\n")[0] ?? "›";
    while (!(await tmux.capture({ session: name }, 0)).includes(shown)) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const rollout = this.#rollout();
    this.#composers.recordIn(name, rollout);
    return register(this.ctx, { name, codex_session: rollout, tmux_session: name });
  }

  bind(task: string, worker: string, manager: string) {
    return bind(this.ctx, { task, worker, manager });
  }

  unbind(task: string) {
    return unbind(this.ctx, { task });
  }

  nudge(task: string, message: string) {
    const input = operations.dispatch.enqueueNudgeWorker.input.parse({ task, message, max_attempts: 1 });
    return enqueueNudgeWorker(this.ctx, input);
  }

  notify(task: string, message: string) {
    const input = operations.dispatch.enqueueNotifyManager.input.parse({ task, message, max_attempts: 1 });
    return enqueueNotifyManager(this.ctx, input);
  }

  /** The manager asks for the next pass of a loop that still lacks its evidence. */
  async continueWithoutEvidence(task: string) {
    const { id } = (await this.ctx.store.peek((tx) =>
      tx.sql.search("SELECT id FROM tasks WHERE name = ?").get(task),
    )) as {
      id: string;
    };
    const { run_id } = await loopRun(this.ctx, id, { current_iteration: 1, max_iterations: 3 });
    return continuation(this.ctx, id, run_id, 2);
  }

  /** What a role answers to a message. */
  answer(task: string, notification_id: number, role: "worker" | "manager", status: "received" | "accepted") {
    const input = operations.inbox.acknowledge.input.parse({ task, notification_id, role, status, payload: {} });
    return acknowledge(this.ctx, input);
  }

  /** A dispatcher that watches until the returned function is called. */
  watch(dispatcher_id: string): () => Promise<unknown> {
    const stopping = new AbortController();
    const input = operations.dispatch.watch.input.parse({ dispatcher_id, interval: 1, no_ingest: true });
    const ended = watchDispatch({ ...this.ctx, signal: stopping.signal }, input);
    return () => {
      stopping.abort("SIGTERM");
      return ended;
    };
  }

  /** One Dispatch pass, which delivers what is queued. */
  dispatch() {
    return runDispatch(this.ctx, operations.dispatch.run.input.parse({ limit: 50, no_ingest: true }));
  }

  /** One Dispatch pass that reads rollouts and looks at terminals too. */
  lookAround() {
    return runDispatch(this.ctx, operations.dispatch.run.input.parse({ limit: 50 }));
  }

  /** The session takes its oldest message. */
  take(session: string) {
    return takeSession(this.ctx, operations.inbox.takeSession.input.parse({ session }));
  }

  /** A campaign with one worker who was given something and made something that waits for a review. */
  async campaign(name: string) {
    const { campaigns } = operations;
    await createCampaign(this.ctx, campaigns.create.input.parse({ name, objective: "Tell everybody" }));
    const slot = { name, slot_key: "film", role_label: "Makes a film", channel: "video", state: "active" };
    await addSlot(this.ctx, campaigns.addSlot.input.parse(slot));
    const work = { name, slot: "film", title: "A film of a minute", instructions: "Show the belt" };
    await assign(this.ctx, campaigns.assign.input.parse(work));
    const made = { name, slot: "film", asset_type: "video", title: "First cut", status: "needs_review" };
    return recordAsset(this.ctx, campaigns.asset.input.parse({ ...made, root: this.root }));
  }

  /** Something is agreed about the end of a task. */
  agree(task: string, criterion: string, status: "proposed" | "accepted" | "satisfied" = "accepted") {
    const input = operations.criteria.add.input.parse({ task, criterion, source: "user_requested", status });
    return addCriterion(this.ctx, input);
  }

  /** What was agreed about a task, as it stands. */
  async agreed(task: string) {
    const { criteria } = await listCriteria(this.ctx, operations.criteria.list.input.parse({ task }));
    return criteria.map(({ criterion, status, proof }) => ({ criterion, status, proof }));
  }

  /** Somebody asks to close the task while what was agreed is still open. */
  async refuseFinish(task: string) {
    const criterion = { task, criterion: "works", source: "user_requested", status: "accepted" } as const;
    await addCriterion(this.ctx, operations.criteria.add.input.parse(criterion));
    const input = operations.tasks.finish.input.parse({ task, require_criteria_audit: true });
    await finishTask(this.ctx, input).catch(() => undefined);
  }

  finish(task: string) {
    return finishTask(this.ctx, operations.tasks.finish.input.parse({ task }));
  }

  deregister(session: string) {
    return deregister(this.ctx, { session });
  }

  async close(): Promise<void> {
    await this.ctx.store.close();
    await exec(["tmux", "kill-server"], { env: this.env });
    rmSync(this.root, { recursive: true, force: true });
  }

  #rollout(): string {
    const folder = join(this.root, "codex", "sessions");
    mkdirSync(folder, { recursive: true });
    const id = randomUUID();
    const path = join(folder, `rollout-2026-01-02T03-04-05-${id}.jsonl`);
    const timestamp = this.ctx.host.clock.iso();
    const payload = { id, cwd: this.root, timestamp, originator: "codex_cli_rs", cli_version: "0.169.0" };
    writeFileSync(path, `${JSON.stringify({ timestamp, type: "session_meta", payload })}\n`);
    return path;
  }
}
