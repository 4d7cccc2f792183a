import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { insertImportedEvent, type WriteTx } from "@conveyor/store";
import type { Ctx, HostCtx } from "../ctx.ts";
import { assertWorkerName, WorkerFolder, workerFolders } from "../shared/worker-files.ts";
import { withExistingLedger } from "./existing-ledger.ts";
import { actionOf, type FolderPlan, type ImportStep, planFolder } from "./import/plan.ts";
import { upsertWorkerRow } from "./worker-row.ts";

/** Names of marks and rows that go into one statement. */
const AT_ONCE = 500;

/** What `importFolders` would do now (spec 07 §7.10.9). Writes nothing and needs no ledger. Throws `not_found`, `invalid_input`. */
export async function planImport(
  ctx: HostCtx,
  input: Input<"workers.planImport">,
): Promise<Output<"workers.planImport">> {
  const { root, plans } = readPlans(ctx, input);
  const known = await withExistingLedger(ctx, (store) => store.read((tx) => knownMarks(tx, plans.flatMap(stepsOf))));
  return report(
    root,
    false,
    plans.map((plan) => withoutKnown(plan, known ?? new Set())),
  );
}

/**
 * Bring worker folders into the ledger: each source once, each worker in one transaction, with a session row of origin
 * `legacy` (spec 07 §7.10.9). A worker that cannot be read, or contradicts what is stored, is reported and the others
 * are imported. Throws `not_found`, `invalid_input`.
 */
export async function importFolders(
  ctx: Ctx,
  input: Input<"workers.planImport">,
): Promise<Output<"workers.planImport">> {
  const { root, plans } = readPlans(ctx, input);
  const done: FolderPlan[] = [];
  for (const plan of plans) done.push("error" in plan ? plan : await importOne(ctx, plan));
  return report(root, true, done);
}

function readPlans(
  ctx: HostCtx,
  { root = ctx.settings.state_root, worker }: Input<"workers.planImport">,
): { root: string; plans: FolderPlan[] } {
  if (worker === undefined) return { root, plans: workerFolders(root).map((folder) => planFolder(root, folder)) };
  assertWorkerName(worker);
  const folder = new WorkerFolder(root, worker);
  if (folder.exists) return { root, plans: [planFolder(root, folder)] };
  throw new ConveyorError("not_found", `there is no worker folder ${JSON.stringify(worker)} in ${root}`, {
    hint: "`conveyor list` shows the worker folders of the state root",
    details: { kind: "worker", reference: worker, root },
  });
}

function stepsOf(plan: FolderPlan): ImportStep[] {
  return "steps" in plan ? plan.steps : [];
}

function withoutKnown(plan: FolderPlan, known: ReadonlySet<string>): FolderPlan {
  return "steps" in plan ? { ...plan, steps: plan.steps.filter(({ mark }) => !known.has(mark)) } : plan;
}

async function importOne(ctx: Ctx, plan: Extract<FolderPlan, { steps: unknown }>): Promise<FolderPlan> {
  try {
    const steps = await ctx.store.write(async (tx) => {
      const known = await knownMarks(tx, plan.steps);
      const left = plan.steps.filter(({ mark }) => !known.has(mark));
      if (left.length > 0) await writeSteps(ctx, tx, plan, left);
      return left;
    });
    return { worker: plan.worker, steps };
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code === "conflict")
      return { worker: plan.worker, error: thrown.message };
    throw thrown;
  }
}

async function writeSteps(
  ctx: Ctx,
  tx: WriteTx,
  { worker, steps: all }: Extract<FolderPlan, { steps: unknown }>,
  steps: ImportStep[],
) {
  const worker_id = await workerId(ctx, tx, all, steps);
  for (const step of steps) {
    if (step.action === "insert_status") await insertStatus(tx, worker_id, step);
    if (step.action === "insert_transcript_capture") await insertCapture(tx, worker, worker_id, step);
  }
  insertEvents(tx, worker_id, steps);
  const marks = steps.map(({ mark, hash, source }) => ({
    name: mark,
    source_path: source,
    source_hash: hash,
    applied_at: tx.now,
  }));
  for (let at = 0; at < marks.length; at += AT_ONCE) {
    await tx.db.data_migrations.createMany({ data: marks.slice(at, at + AT_ONCE) });
  }
}

/** The worker's row, and the session that stands for it. Both are written anew only when config.json is new. */
async function workerId(ctx: Ctx, tx: WriteTx, all: ImportStep[], steps: ImportStep[]): Promise<string> {
  const step = all.find((one) => one.action === "upsert_worker");
  if (step?.action !== "upsert_worker")
    throw new ConveyorError("internal", "a worker folder without configuration was planned");
  const before = await tx.db.workers.findUnique({ where: { name: step.worker.name } });
  if (before !== null && !steps.includes(step)) return before.id;
  const row = await upsertWorkerRow(ctx, tx, step.worker);
  const known = await tx.db.sessions.findUnique({ where: { name: row.name } });
  if (known === null) {
    await tx.db.sessions.create({
      data: {
        id: ctx.host.ids.next("session"),
        seq: tx.seq(),
        name: row.name,
        role: "worker",
        identity_token: ctx.host.ids.next("session-token"),
        tmux_session: row.tmux_session,
        tmux_pane_id: row.tmux_pane_id,
        cwd: row.cwd,
        registered_at: tx.now,
        state: row.state === "active" ? "active" : "gone",
        origin: "legacy",
        liveness: "tmux",
      },
    });
  } else if (known.origin === "legacy") {
    await tx.db.sessions.update({
      where: { id: known.id },
      data: { state: row.state === "active" ? "active" : "gone" },
    });
  }
  return row.id;
}

async function insertStatus(tx: WriteTx, worker_id: string, step: Extract<ImportStep, { action: "insert_status" }>) {
  const { state, current_task, next_action, blocker, last_update } = step.status;
  const row = { worker_id, state, current_task, next_action, blocker };
  const same =
    last_update === null ? null : await tx.db.statuses.findFirst({ where: { ...row, created_at: last_update } });
  if (same === null)
    await tx.db.statuses.create({ data: { ...row, seq: tx.seq(), created_at: last_update ?? tx.now } });
}

async function insertCapture(
  tx: WriteTx,
  worker: string,
  worker_id: string,
  { capture }: Extract<ImportStep, { action: "insert_transcript_capture" }>,
) {
  const { text, sha256, history_lines, byte_count, line_count } = capture;
  const captured_at = capture.captured_at ?? tx.now;
  const same = await tx.db.transcript_captures.findFirst({ where: { worker_id, sha256, captured_at } });
  if (same !== null) return;
  const row = await tx.db.transcript_captures.create({
    data: {
      seq: tx.seq(),
      worker_id,
      sha256,
      content: text,
      captured_at,
      changed_at: capture.changed_at ?? captured_at,
      history_lines,
      byte_count,
      line_count,
      capture_kind: "changed",
      retention_class: "hot",
    },
  });
  tx.tell("transcript_capture_recorded", {
    summary: `stored terminal of ${worker} imported`,
    correlation: { worker_id, worker, capture_id: row.id },
    attributes: { byte_count, capture_kind: "changed", history_lines, line_count, sha256 },
  });
}

function insertEvents(tx: WriteTx, worker_id: string, steps: ImportStep[]): void {
  for (const step of steps) {
    if (step.action !== "insert_event") continue;
    const { type, created_at, payload_json } = step.event;
    insertImportedEvent(tx, { worker_id, type, created_at: created_at ?? tx.now, payload_json });
  }
}

async function knownMarks(tx: Pick<WriteTx, "db">, steps: ImportStep[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (let at = 0; at < steps.length; at += AT_ONCE) {
    const names = steps.slice(at, at + AT_ONCE).map(({ mark }) => mark);
    for (const { name } of await tx.db.data_migrations.findMany({
      where: { name: { in: names } },
      select: { name: true },
    })) {
      known.add(name);
    }
  }
  return known;
}

function report(root: string, apply: boolean, plans: FolderPlan[]): Output<"workers.planImport"> {
  return {
    apply,
    root,
    worker_count: plans.length,
    workers: plans.map((plan) =>
      "error" in plan
        ? { worker: plan.worker, action_count: 0, actions: [], error: plan.error }
        : {
            worker: plan.worker,
            action_count: plan.steps.length,
            actions: plan.steps.map((step) => actionOf(plan.worker, step)),
          },
    ),
  };
}
