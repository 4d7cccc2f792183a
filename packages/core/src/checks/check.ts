import type { Check, CheckRun } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import type { Prisma, ReadTx } from "@conveyor/store";
import type { CheckSpec } from "./definition.ts";

export type CheckRow = Prisma.checksGetPayload<object>;
export type CheckRunRow = Prisma.check_runsGetPayload<object>;

/** A stored check as users see it. */
export function checkOf(row: CheckRow): Check {
  const spec = specOf(row);
  const { kind: _kind, ...fields } = spec;
  return {
    id: row.id,
    criterion_id: row.criterion_id,
    name: row.name,
    kind: spec.kind,
    spec: fields,
    command: spec.kind === "command" ? spec.argv.map(shellWord).join(" ") : null,
    covers: JSON.parse(row.covers_json) as string[],
    guards: JSON.parse(row.guards_json) as string[],
    timeout_seconds: row.timeout_seconds,
    network: row.network,
    sandbox: row.sandbox as Check["sandbox"],
    isolated: row.isolated,
    repeat: row.repeat,
    created_by: row.created_by as Check["created_by"],
    accepted_by: row.accepted_by as Check["accepted_by"],
    revision: row.revision,
    created_at: row.created_at,
  };
}

/** What a stored check looks at. */
export function specOf({ kind, spec_json }: Pick<CheckRow, "kind" | "spec_json">): CheckSpec {
  return { kind, ...(JSON.parse(spec_json) as object) } as CheckSpec;
}

/** A word as people read it: quoted only where a shell would part or change it. Pure. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : shellQuote(word);
}

/** A stored run as users see it. */
export function checkRunOf(row: CheckRunRow): CheckRun {
  return {
    id: row.id,
    seq: row.seq,
    check_id: row.check_id,
    check_revision: row.check_revision,
    isolated: row.isolated,
    subject: JSON.parse(row.subject_json) as CheckRun["subject"],
    trigger: row.trigger as CheckRun["trigger"],
    state: row.state as CheckRun["state"],
    reason: row.reason,
    started_at: row.started_at,
    ended_at: row.ended_at,
    duration_ms: row.duration_ms,
    exit_code: row.exit_code,
    output_sha256: row.output_sha256,
    output_bytes: row.output_bytes === null ? null : Number(row.output_bytes),
    output_tail: row.output_tail,
    artifacts: JSON.parse(row.artifacts_json) as CheckRun["artifacts"],
    loop_run_id: row.loop_run_id,
    loop_iteration: row.loop_iteration,
    note: row.note,
    side_effects: JSON.parse(row.side_effects_json) as CheckRun["side_effects"],
    sandbox: row.sandbox as CheckRun["sandbox"],
    sandbox_problem: row.sandbox_problem,
    runner: JSON.parse(row.runner_json) as CheckRun["runner"],
    actor: row.actor as CheckRun["actor"],
  };
}

/** A run without what it printed. Pure. */
export function silentRunOf({ output_tail: _tail, ...run }: CheckRun): Omit<CheckRun, "output_tail"> {
  return run;
}

/** A check that is there, with the task of its criterion. Throws `not_found`. */
export async function findCheck(tx: ReadTx, id: number): Promise<{ row: CheckRow; task_id: string }> {
  const found = await tx.db.checks.findFirst({
    where: { id, removed_at: null },
    include: { criterion: { select: { task_id: true } } },
  });
  if (found === null) {
    throw new ConveyorError("not_found", `there is no check ${id}`, {
      hint: "list them: conveyor checks list TASK",
      details: { kind: "check", id },
    });
  }
  const { criterion, ...row } = found;
  return { row, task_id: criterion.task_id };
}

/** A criterion of a task. Throws `not_found`. */
export async function findCriterion(tx: ReadTx, id: number, task?: { id: string; name: string }) {
  const found = await tx.db.acceptance_criteria.findFirst({ where: { id, ...(task && { task_id: task.id }) } });
  if (found !== null) return found;
  const whose = task === undefined ? "there is" : `task ${JSON.stringify(task.name)} has`;
  throw new ConveyorError("not_found", `${whose} no criterion #${id}`, {
    hint: "list them: conveyor criteria TASK --list",
    details: { kind: "criterion", id, ...(task && { task_id: task.id }) },
  });
}
