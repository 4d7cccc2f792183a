import type { EpilogueDocument, EpilogueRun } from "@conveyor/contracts";
import { EPILOGUE_STEPS } from "@conveyor/contracts/contract/words";
import { decodeRow, type Prisma, type ReadTx } from "@conveyor/store";
import { parsed } from "../shared/parsed.ts";

/** A stored run as users see it. */
export function epilogueRunOf(row: Prisma.epilogue_runsGetPayload<object>): EpilogueRun {
  const { seq: _seq, finished_seq: _finished, ...run } = decodeRow(row);
  return run as unknown as EpilogueRun;
}

/** The steps that the config of a task requires, in their order; none without a config. What cannot be read requires all. */
export async function configuredSteps(tx: ReadTx, task_id: string): Promise<string[]> {
  const config = await tx.db.manager_configs.findUnique({ where: { task_id }, select: { epilogues_json: true } });
  if (config === null) return [];
  const steps = parsed(config.epilogues_json);
  const isList = Array.isArray(steps) && steps.every((step) => typeof step === "string");
  return isList ? steps : [...EPILOGUE_STEPS];
}

/** All that is known of the closing steps of a task (spec 04 §4.13). */
export async function epilogueDocumentOf(
  tx: ReadTx,
  task: { id: string; name: string },
  correlation_id?: string | undefined,
): Promise<EpilogueDocument> {
  const rows = await tx.db.epilogue_runs.findMany({ where: { task_id: task.id }, orderBy: { seq: "asc" } });
  const runs = rows.map(epilogueRunOf);
  const configured_steps = await configuredSteps(tx, task.id);
  return {
    task: { id: task.id, name: task.name },
    configured_steps,
    runs: correlation_id === undefined ? runs : runs.filter((run) => run.correlation_id === correlation_id),
    status: epilogueStatusOf(configured_steps, runs),
  };
}

/** Whether each required step's newest run succeeded; anything else is incomplete. Pure. */
export function epilogueStatusOf(
  required_steps: readonly string[],
  runs: readonly EpilogueRun[],
): EpilogueDocument["status"] {
  const steps = required_steps.map((step_name) => {
    const latest_run = runs.findLast((run) => run.step_name === step_name) ?? null;
    const state = latest_run?.state ?? "pending";
    return { step_name, state, ok: state === "succeeded", latest_run };
  });
  const missing_or_incomplete = steps.filter(({ ok }) => !ok).map(({ step_name }) => step_name);
  return {
    ok: missing_or_incomplete.length === 0,
    required_steps: [...required_steps],
    missing_or_incomplete,
    steps,
  };
}
