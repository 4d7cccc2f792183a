import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type Call, type Input, operations } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, replaceFile } from "@conveyor/files";
import { createDisposable } from "../../bindings/create-disposable.ts";
import { configure } from "../../contract/configure.ts";
import { add as addCriterion } from "../../criteria/add.ts";
import type { Ctx } from "../../ctx.ts";
import { enqueueContinueIteration } from "../../dispatch/enqueue-continue-iteration.ts";
import { enqueueNudgeWorker } from "../../dispatch/enqueue-message.ts";
import { run as dispatch } from "../../dispatch/run.ts";
import { worker as workerInbox } from "../../inbox/list.ts";
import { takeWorker } from "../../inbox/take.ts";
import { addEvidence, adversarialCheck } from "../../loops/evidence.ts";
import { createRun, showRun } from "../../loops/runs.ts";
import { Checks, type Expectation, expecting, type QaCheck } from "./checks.ts";

/** A task that a scenario made, as the receipt lists it; nulls where nothing is bound to it. */
export interface GeneratedTask {
  suffix: string;
  task_id: string;
  task_name: string;
  binding_id: string | null;
  worker_id: string | null;
  worker_name: string | null;
  manager_id: string | null;
  manager_name: string | null;
}

/** A task with a loop of its own, bound to two sessions without terminals. */
export interface LoopedTask extends GeneratedTask {
  /** The loop's run; empty for a task without a loop. */
  run_id: string;
}

/** What the loop of a task is made of. */
export interface LoopWish {
  template?: Input<"bindings.createDisposable">["template"];
  required?: readonly string[];
  max_iterations?: number;
  /** Text whose hash is kept with the policy. */
  seed?: string;
  /** Further facts of a policy that is made by itself. */
  metadata?: Readonly<Record<string, unknown>>;
}

type Processed = Readonly<Record<string, unknown>>;

/** Types of command that a scenario sends through Dispatch. */
type Sent = "continue_iteration" | "nudge_worker" | "notify_manager";

/** What a scenario plays on: a ledger, its own names and folder, and the notes for the receipt. */
export class Stage {
  readonly ctx: Ctx;
  /** Eight hex digits that tell this run apart. */
  readonly slug: string;
  readonly dispatcher_id: string;
  /** Folder for what the scenario makes. */
  readonly artifacts_folder: string;
  readonly checks = new Checks();
  readonly tasks: GeneratedTask[] = [];
  /** Files that belong to the receipt, by their name in it. */
  readonly artifacts: Record<string, string> = {};
  readonly input: Input<"qa.run">;

  constructor(
    ctx: Ctx,
    {
      slug,
      dispatcher_id,
      folder,
      input,
    }: { slug: string; dispatcher_id: string; folder: string; input: Input<"qa.run"> },
  ) {
    this.ctx = ctx;
    this.slug = slug;
    this.dispatcher_id = dispatcher_id;
    this.artifacts_folder = folder;
    this.input = input;
  }

  nameOf(suffix: string): string {
    return `qa-${suffix}-${this.slug}`;
  }

  /** A task with worker, manager, binding and, where one is wished for, a loop that stands at iteration 1. */
  async boundTask(suffix: string, wish: LoopWish = {}): Promise<LoopedTask> {
    await this.#assertQuietQueue();
    const task = this.nameOf(suffix);
    const { template, required = [], max_iterations, seed, metadata } = wish;
    // A binding makes no policy that requires nothing, and none with facts of its own.
    const apart = template === undefined && (metadata !== undefined || required.length === 0);
    const made = await createDisposable(
      this.ctx,
      operations.bindings.createDisposable.input.parse({
        task,
        goal: `prove what ${suffix} is about`,
        session_dir: join(dirname(this.ctx.settings.ledger_path), "qa-sessions"),
        cwd: this.artifacts_folder,
        ...(!apart && { template, required_before_continue: [...required], max_iterations, run_name: `${task}-run` }),
        ...(!apart && seed !== undefined && { seed_prompt_sha256: sha256Of(seed) }),
      }),
    );
    const run = apart && max_iterations !== undefined ? await this.#ownPolicy(task, max_iterations, wish) : made.run;
    const generated = {
      ...{ suffix, task_id: made.task.id, task_name: made.task.name, binding_id: made.binding.id },
      ...{ worker_id: made.worker.id, worker_name: made.worker.name },
      ...{ manager_id: made.manager.id, manager_name: made.manager.name },
    };
    this.tasks.push(generated);
    return { ...generated, run_id: run?.id ?? "" };
  }

  async #ownPolicy(task: string, max_iterations: number, { required = [], seed, metadata }: LoopWish) {
    const policy = { kind: "ralph_loop", max_iterations, current_iteration: 1, required_before_continue: required };
    const hash = seed === undefined ? {} : { seed_prompt_sha256: sha256Of(seed) };
    const call = { task, name: `${task}-run`, purpose: "ralph_loop", metadata: { ...metadata, ...policy, ...hash } };
    return createRun(this.ctx, operations.loops.createRun.input.parse(call));
  }

  /** Record evidence for iteration 1 of the task's loop. */
  evidence(task: LoopedTask, type: string, more: Partial<Call<"loops.addEvidence">> = {}) {
    const call = { task: task.task_id, loop_run: task.run_id, iteration: 1, evidence_type: type, ...more };
    return addEvidence(this.ctx, operations.loops.addEvidence.input.parse(call));
  }

  /** Record the structured proof for iteration 1. */
  adversarial(task: LoopedTask, correlation_id: string, more: Partial<Call<"loops.adversarialCheck">> = {}) {
    return adversarialCheck(
      this.ctx,
      operations.loops.adversarialCheck.input.parse({
        ...{ task: task.task_id, loop_run: task.run_id, iteration: 1, correlation_id },
        failure_mode: "the next iteration is delivered although something that was required is missing",
        check: "asked for it while that was missing, and looked into the worker's inbox",
        result: "Dispatch blocked it, and nothing reached the worker",
        ...more,
      }),
    );
  }

  /** A proof that only looks like one: it is satisfied and lacks the three texts. */
  async malformedProof({ task_id, run_id }: LoopedTask): Promise<void> {
    const evidence = { evidence_type: "adversarial_check", iteration: 1, ralph_loop_run_id: run_id, status: "pass" };
    const call = { criterion: "somebody said that it holds", source: "manager_inferred", status: "satisfied" } as const;
    await addCriterion(this.ctx, operations.criteria.add.input.parse({ task: task_id, ...call, evidence }));
  }

  /** Ask for iteration 2, let Dispatch decide, and note that it refused: the worker got nothing. */
  async blocked(
    name: string,
    task: LoopedTask,
    { correlation_id, reason, missing }: { correlation_id: string; reason: string; missing: readonly string[] },
  ): Promise<QaCheck> {
    await this.askToContinue(task, correlation_id);
    return this.#dispatched(name, task, "continue_iteration", correlation_id, (seen) => [
      expecting("dispatch.state", seen.dispatch["state"], "blocked"),
      expecting("dispatch.reason", seen.dispatch["reason"], reason),
      expecting("dispatch.missing_evidence", seen.dispatch["missing_evidence"], missing),
      expecting("dispatch.target_worker_notified", seen.dispatch["target_worker_notified"], false),
      expecting("routed_notifications_count", seen.routed_notifications_count, 0),
      expecting("worker_inbox_count", seen.worker_inbox_count, 0),
    ]);
  }

  /** Ask for iteration 2 with a fresh command, and note that the worker got it. */
  async delivered(name: string, task: LoopedTask, correlation_id: string): Promise<QaCheck> {
    await this.askToContinue(task, correlation_id);
    return this.#dispatched(name, task, "continue_iteration", correlation_id, (seen) => [
      expecting("dispatch.state", seen.dispatch["state"], "pull_required"),
      expecting("worker_inbox_count", seen.worker_inbox_count, 1),
    ]);
  }

  /** Ask for what a permission guards. `granted` says whether it has to go through. */
  async permission(
    name: string,
    task: LoopedTask,
    { permission, correlation_id, granted }: { permission: string; correlation_id: string; granted: boolean },
  ): Promise<QaCheck> {
    await this.askWorker(task, { correlation_id, required_permission: permission });
    return this.#dispatched(
      name,
      task,
      "nudge_worker",
      correlation_id,
      (seen) =>
        granted
          ? [
              expecting("dispatch.state", seen.dispatch["state"], "pull_required"),
              expecting("dispatch.permission_check.allowed", allowedIn(seen.dispatch), true),
              expecting("worker_inbox_count", seen.worker_inbox_count, 1),
            ]
          : [
              expecting("dispatch.state", seen.dispatch["state"], "failed"),
              expecting(
                "dispatch.error says that a permission is required",
                String(seen.dispatch["error"]).includes("manager permission required"),
                true,
              ),
              expecting("worker_inbox_count", seen.worker_inbox_count, 0),
            ],
      { command_type: "nudge_worker", permission },
    );
  }

  grant(task: LoopedTask, permission: string) {
    const call = { task: task.task_id, mode: "strict", permit: [permission] } as const;
    return configure(this.ctx, operations.contract.configure.input.parse(call));
  }

  askToContinue(task: LoopedTask, correlation_id: string, requested_iteration = 2) {
    return enqueueContinueIteration(
      this.ctx,
      operations.dispatch.enqueueContinueIteration.input.parse({
        ...{ task: task.task_id, loop_run: task.run_id, requested_iteration, correlation_id },
        message: `Go on with iteration ${requested_iteration}.`,
      }),
    );
  }

  askWorker(task: LoopedTask, more: Partial<Call<"dispatch.enqueueNudgeWorker">>) {
    const call = { task: task.task_id, message: "Do what was agreed.", ...more };
    return enqueueNudgeWorker(this.ctx, operations.dispatch.enqueueNudgeWorker.input.parse(call));
  }

  /** One pass of Dispatch over one type of command; its results. */
  async pass(type: Sent, dispatcher_id = this.dispatcher_id): Promise<Processed[]> {
    const call = { once: true, type, dispatcher_id } as const;
    return (await dispatch(this.ctx, operations.dispatch.run.input.parse(call))).processed;
  }

  /** What has to hold on the way and is no check of its own. Throws `CheckFailed`. */
  require(name: string, expectations: readonly Expectation[]): void {
    new Checks().note(name, {}, expectations);
  }

  /** The same stage seen through another world: what is noted on either stands in the one receipt. */
  on(ctx: Ctx): Stage {
    const { slug, dispatcher_id, artifacts_folder: folder, input, checks, tasks, artifacts } = this;
    return Object.assign(new Stage(ctx, { slug, dispatcher_id, folder, input }), { checks, tasks, artifacts });
  }

  /** A task that a scenario bound itself. */
  bound({ run_id: _none, ...task }: LoopedTask): void {
    this.tasks.push(task);
  }

  /** A task to which nothing is bound. */
  unbound(suffix: string, { id, name }: { id: string; name: string }): void {
    const nobody = { worker_id: null, worker_name: null, manager_id: null, manager_name: null };
    this.tasks.push({ suffix, task_id: id, task_name: name, binding_id: null, ...nobody });
  }

  /** What the loop of a task prescribes now. */
  async runOf({ run_id }: LoopedTask): Promise<Readonly<Record<string, unknown>>> {
    const { metadata } = await showRun(this.ctx, { run: run_id });
    return metadata;
  }

  /** The worker takes the oldest item of its inbox. */
  take({ task_id }: LoopedTask) {
    return takeWorker(this.ctx, operations.inbox.takeWorker.input.parse({ task: task_id }));
  }

  /** How many messages were routed to the worker of a task, and how many it has not taken. */
  async counts({ task_id, worker_id }: Pick<LoopedTask, "task_id" | "worker_id">) {
    // The manager hears of every refusal, which is no delivery.
    const where = { task_id, target_session_id: worker_id ?? "" };
    const routed_notifications_count = await this.ctx.store.read((tx) => tx.db.routed_notifications.count({ where }));
    const { pending_count } = await workerInbox(this.ctx, operations.inbox.worker.input.parse({ task: task_id }));
    return { routed_notifications_count, worker_inbox_count: pending_count };
  }

  /** Write a file that belongs to the receipt, and say where it is. */
  artifact(name: string, file: string, text: string): string {
    const path = this.place(file);
    replaceFile(path, text);
    this.artifacts[name] = path;
    return path;
  }

  /** The path of a file of the scenario, in a folder that exists. */
  place(file: string): string {
    makeFolder(this.artifacts_folder, 0o777);
    return join(this.artifacts_folder, file);
  }

  async #dispatched(
    name: string,
    task: LoopedTask,
    type: Sent,
    correlation_id: string,
    expected: (seen: {
      dispatch: Processed;
      routed_notifications_count: number;
      worker_inbox_count: number;
    }) => Expectation[],
    facts: Readonly<Record<string, unknown>> = {},
  ): Promise<QaCheck> {
    await this.#assertAlone(type, correlation_id);
    const processed = await this.pass(type);
    const result = processed.find((own) => own["correlation_id"] === correlation_id) ?? {};
    const seen = { dispatch: result, ...(await this.counts(task)) };
    const command = `conveyor dispatch --once --type ${type} --dispatcher-id qa-run`;
    return this.checks.note(name, { ...facts, command, correlation_id, ...seen }, expected(seen));
  }

  /** Nobody else's request may be answered by this run. */
  async #assertQuietQueue(): Promise<void> {
    const waiting = await this.#waiting("continue_iteration");
    if (waiting.length > 0) throw dirtyQueue(waiting);
  }

  async #assertAlone(type: Sent, correlation_id: string): Promise<void> {
    const waiting = await this.#waiting(type);
    const isAlone = waiting.length === 1 && waiting[0]?.correlation_id === correlation_id;
    if (!isAlone) throw dirtyQueue(waiting);
  }

  #waiting(type: Sent) {
    return this.ctx.store.read((tx) =>
      tx.db.commands.findMany({
        where: { type, state: { in: ["pending", "attempted"] } },
        select: { correlation_id: true, state: true },
        orderBy: { seq: "asc" },
        take: 20,
      }),
    );
  }
}

function allowedIn({ permission_check }: Processed): unknown {
  return (permission_check as { allowed?: unknown } | null | undefined)?.allowed;
}

function dirtyQueue(waiting: readonly { correlation_id: string | null; state: string }[]): ConveyorError {
  const pairs = waiting.map(({ correlation_id, state }) => `${correlation_id}:${state}`);
  return new ConveyorError("conflict", `commands of somebody else wait in this ledger: ${pairs.join(", ")}`, {
    hint: "let Dispatch deliver them first, or leave --path out to play on a ledger of its own",
    details: { kind: "queue", waiting: pairs },
  });
}

/** The hash by which a seed prompt is known. */
export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
