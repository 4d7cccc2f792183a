import { statSync } from "node:fs";
import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { attachCommand, killCommand } from "@conveyor/contracts/terminal-commands";
import type { StartedPane } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { tmuxSessionOf } from "../shared/terminal-name.ts";
import { WorkerFolder } from "../shared/worker-files.ts";
import { open as openWindow } from "../terminals/open.ts";
import type { ReportedStatus } from "./config.ts";
import { testTask, workerContract } from "./contract.ts";
import { waitUntilReported } from "./verify.ts";
import { startupAdvice, waitUntilReady } from "./wait-ready.ts";
import { upsertWorkerRow } from "./worker-row.ts";

/**
 * Start a worker that is known by a folder (spec 01 §7.2). Throws `usage`, `conflict`, `tool_missing`, `host_denied`,
 * `invalid_input`, the codes of tmux; when tmux fails the worker stays a candidate.
 */
export async function create(ctx: Ctx, input: Input<"workers.create">): Promise<Output<"workers.create">> {
  if (input.open && input.stop_after) {
    throw new ConveyorError("usage", "--open and --stop-after cannot be used together", {
      hint: "a window on a terminal that ends at once shows nothing",
    });
  }
  const { launch } = ctx.agents.standard;
  await preflight(ctx, input);
  const plan = await planWorker(ctx, input);
  const before = writeFiles(ctx, plan);
  const worker_id = await recordCandidate(ctx, plan, before);
  const started = await ctx.host.tmux.start({
    session: plan.tmux_session,
    cwd: plan.cwd,
    argv: launch.plainArgv({
      program: launch.program,
      cwd: plan.cwd,
      args: input.no_initial_prompt ? [] : [plan.contract],
      prompt: null,
    }),
    env: environment(ctx),
  });
  await recordStarted(ctx, plan, worker_id, started);
  const result: Output<"workers.create"> = {
    name: input.name,
    worker_id,
    reused: plan.reused,
    cwd: plan.cwd,
    state_dir: plan.folder.path,
    tmux_session: plan.tmux_session,
    tmux_pane_id: started.pane_id,
    contract_given: !input.no_initial_prompt,
    trust_accepted: false,
    startup: null,
    startup_reason: null,
    startup_recommended_action: null,
    verified: null,
    verify_reason: null,
    opened: false,
    stopped: false,
    attach_command: attachCommand(plan.tmux_session),
    stop_command: commandLine(ctx.settings, ["stop", input.name]),
    warnings: [],
  };
  if (input.wait_ready) Object.assign(result, await watchStart(ctx, input, plan, started));
  if (input.verify) Object.assign(result, await watchReport(ctx, input, plan, before));
  if (input.open) {
    await openWindow(ctx, { name: input.name, terminal: input.terminal, dry_run: false, force: input.force_open });
    result.opened = true;
  }
  if (input.stop_after) result.stopped = await stopAgain(ctx, plan);
  return result;
}

/** Start a worker with a harmless task and check that it reports (spec 01 §7.2). Throws as `create`. */
export async function startTest(ctx: Ctx, input: Input<"workers.startTest">): Promise<Output<"workers.startTest">> {
  const task = input.task ?? testTask(input.name);
  return create(ctx, { ...input, task, no_initial_prompt: false, wait_ready: true, verify: true });
}

/** What can be known before anything is written (spec 01 §5.3, step 1). */
async function preflight(ctx: Ctx, { cwd }: Input<"workers.create">): Promise<void> {
  for (const program of [ctx.agents.standard.launch.program, "tmux"]) {
    if ((await ctx.host.processes.findExecutable(program)) !== null) continue;
    throw new ConveyorError("tool_missing", `${program} is not installed or not on PATH`, {
      hint: `install ${program}; \`conveyor doctor\` shows what is found`,
      details: { kind: "program", program },
    });
  }
  if (!(statSync(cwd, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw new ConveyorError("invalid_input", `not a directory: ${cwd}`, {
      hint: "name an existing folder with --cwd",
      details: { cwd },
    });
  }
  await ctx.host.tmux.listPanes();
}

interface Plan {
  name: string;
  cwd: string;
  task: string | null;
  folder: WorkerFolder;
  reused: boolean;
  tmux_session: string;
  identity_token: string;
  contract: string;
  created_at: string;
  /** What config.json holds already, so that rewriting it loses nothing. */
  config: Record<string, unknown>;
}

async function planWorker(ctx: Ctx, input: Input<"workers.create">): Promise<Plan> {
  const { name, cwd } = input;
  const folder = new WorkerFolder(ctx.settings.state_root, name);
  const row = await ctx.store.read((tx) => tx.db.workers.findUnique({ where: { name } }));
  const known = folder.is_taken || row !== null;
  if (known && !input.reuse) {
    throw new ConveyorError("conflict", `there is already a worker ${name}`, {
      hint: "choose another name, or start it again with --reuse",
      details: { kind: "worker", name, state_dir: folder.path, worker_id: row?.id ?? null },
    });
  }
  const tmux_session = tmuxSessionOf(ctx.agents.standard, name);
  const config = folder.readJson("config.json").value ?? {};
  for (const recorded of [row?.tmux_session, config["tmux_session"]]) {
    if (typeof recorded !== "string" || recorded === tmux_session) continue;
    throw new ConveyorError("conflict", `worker ${name} is recorded in tmux session ${recorded}, not ${tmux_session}`, {
      hint: "choose another name",
      details: { kind: "worker", name, tmux_session: recorded },
    });
  }
  if (await ctx.host.tmux.sessionExists(tmux_session)) {
    throw new ConveyorError("conflict", `tmux session ${tmux_session} is running already`, {
      hint: `end it with \`${killCommand(tmux_session)}\`, or choose another name`,
      details: { kind: "tmux_session", tmux_session },
    });
  }
  const recorded_token = row?.identity_token ?? config["identity_token"];
  const identity_token = typeof recorded_token === "string" ? recorded_token : ctx.host.ids.next("workerctl");
  const task = input.task ?? null;
  const contract = workerContract(ctx.settings, {
    name,
    task,
    identity_token,
    status_file: folder.file("status.json"),
  });
  const created_at = typeof config["created_at"] === "string" ? config["created_at"] : ctx.host.clock.iso();
  return { name, cwd, task, folder, reused: known, tmux_session, identity_token, contract, created_at, config };
}

/** The files of a worker that is about to start; returns the status from which its first report will differ. */
function writeFiles(ctx: Ctx, plan: Plan): ReportedStatus {
  const { folder, name, cwd, tmux_session, identity_token, created_at, config } = plan;
  const status: ReportedStatus = {
    state: "waiting",
    current_task: plan.task ?? "waiting for a task",
    next_action: plan.task === null ? "wait for a task" : "begin",
    blocker: null,
    last_update: ctx.host.clock.iso(),
  };
  const { tmux_pane_id: _pane, tmux_socket: _socket, agent_pid: _pid, agent_started_at: _start, ...kept } = config;
  plan.config = {
    ...kept,
    name,
    cwd,
    created_at,
    identity_token,
    state_dir: folder.path,
    tmux_session,
    tmux_target: `=${tmux_session}:`,
    startup: "starting",
    startup_reason: "the agent was just started",
  };
  if (!folder.is_taken) folder.claim();
  // The configuration comes last: with it the folder becomes a worker.
  folder.writeText("contract.txt", plan.contract);
  folder.writeText("transcript.txt", "");
  folder.writeJson("status.json", { ...status });
  folder.writeJson("config.json", plan.config);
  return status;
}

async function recordCandidate(ctx: Ctx, plan: Plan, status: ReportedStatus): Promise<string> {
  const { name, cwd, tmux_session, identity_token } = plan;
  return ctx.store.write(async (tx) => {
    const worker = await upsertWorkerRow(ctx, tx, {
      name,
      tmux_session,
      tmux_pane_id: null,
      identity_token,
      cwd,
      state: "candidate",
    });
    const { state, current_task, next_action, blocker, last_update } = status;
    await tx.db.statuses.create({
      // The time that stands in status.json, so that an import sees that both are the same report.
      data: {
        worker_id: worker.id,
        state,
        current_task,
        next_action,
        blocker,
        seq: tx.seq(),
        created_at: last_update ?? tx.now,
      },
    });
    tx.tell("worker_create_recorded", {
      worker_id: worker.id,
      attributes: { name, cwd, tmux_session },
      summary: `worker ${name} recorded`,
      correlation: { worker_id: worker.id, worker: name },
    });
    return worker.id;
  });
}

async function recordStarted(ctx: Ctx, plan: Plan, worker_id: string, pane: StartedPane): Promise<void> {
  const { name, tmux_session, folder } = plan;
  const { pane_id, pid, socket_path } = pane;
  const agent_started_at = await ctx.host.processes.startTime(pid);
  await ctx.store.write(async (tx) => {
    await tx.db.workers.update({
      where: { id: worker_id },
      data: {
        state: "active",
        tmux_pane_id: pane_id,
        last_seen_at: tx.now,
        exit_detected_at: null,
        exit_reason: null,
        updated_at: tx.now,
        updated_seq: tx.seq(),
      },
    });
    tx.tell("worker_tmux_started", {
      worker_id,
      attributes: { tmux_session, tmux_pane_id: pane_id },
      summary: `worker ${name} started in tmux`,
      correlation: { worker_id, worker: name },
    });
  });
  // Later text for the worker goes to this process on this server, or nowhere.
  const terminal = { tmux_pane_id: pane_id, tmux_socket: socket_path, agent_pid: pid, agent_started_at };
  rewriteConfig(plan, { worker_id, ...terminal, state: "active" });
  folder.appendEvent({
    time: ctx.host.clock.iso(),
    type: "create",
    cwd: plan.cwd,
    tmux_session,
    worker_id,
    reused: plan.reused,
  });
}

function rewriteConfig(plan: Plan, changes: Record<string, unknown>): void {
  plan.config = { ...plan.config, ...changes };
  plan.folder.writeJson("config.json", plan.config);
}

async function watchStart(ctx: Ctx, input: Input<"workers.create">, plan: Plan, pane: StartedPane) {
  const time = () => ctx.host.clock.iso();
  const found = await waitUntilReady(ctx, {
    pane,
    agent: ctx.agents.standard,
    accept_trust: input.accept_trust,
    timeout_seconds: input.wait_ready_timeout,
    onAccept: () => plan.folder.appendEvent({ time: time(), type: "accept_trust", key: "Enter" }),
  });
  const { startup, reason, trust_accepted } = found;
  const startup_recommended_action = startupAdvice(startup);
  const facts = { startup, startup_reason: reason, startup_recommended_action };
  rewriteConfig(plan, { ...facts, startup_checked_at: time() });
  plan.folder.appendEvent({ time: time(), type: "wait_ready", ...facts });
  return { ...facts, trust_accepted };
}

async function watchReport(ctx: Ctx, input: Input<"workers.create">, plan: Plan, before: ReportedStatus) {
  const { verified, reason } = await waitUntilReported(ctx, plan.folder, before, input.verify_timeout);
  plan.folder.appendEvent({ time: ctx.host.clock.iso(), type: "verify", verified, reason });
  return { verified, verify_reason: reason };
}

/** End the terminal again. One that ended by itself is as good. */
async function stopAgain(ctx: Ctx, plan: Plan): Promise<true> {
  const { name, tmux_session, folder } = plan;
  const killed_session = await kill(ctx, tmux_session);
  await ctx.store.write(async (tx) => {
    await tx.db.workers.update({
      where: { name },
      data: { state: "stopped", updated_at: tx.now, updated_seq: tx.seq() },
    });
    tx.tell("worker_stopped", {
      summary: `worker ${name} stopped`,
      correlation: { worker: name },
      attributes: { killed_session, tmux_session },
    });
  });
  rewriteConfig(plan, { state: "stopped" });
  folder.appendEvent({ time: ctx.host.clock.iso(), type: "stop", killed_session });
  return true;
}

async function kill(ctx: Ctx, tmux_session: string): Promise<boolean> {
  try {
    await ctx.host.tmux.kill(tmux_session);
    return true;
  } catch (thrown) {
    const gone = ["tmux_session_missing", "tmux_no_server"];
    if (thrown instanceof ConveyorError && gone.includes(thrown.code)) return false;
    throw thrown;
  }
}

/** A tmux server that runs already has its own environment; the worker needs that of its caller. */
function environment({ agents, host, settings }: Ctx): Record<string, string | undefined> {
  const own_root = settings.ledger_path === join(settings.state_root, "workerctl.db");
  return {
    PATH: host.env["PATH"],
    ...agents.standard.launch.environment(host.env),
    ...(own_root && { CONVEYOR_STATE_ROOT: settings.state_root }),
  };
}
