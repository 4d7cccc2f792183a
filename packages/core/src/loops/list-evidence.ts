import { createHash } from "node:crypto";
import type { Input, ListedReceipt, Output } from "@conveyor/contracts";
import { canonicalJson, type FastTx, type lookups, loopRows } from "@conveyor/store";
import { isAdversarialProof } from "../criteria/criterion.ts";
import type { Ctx } from "../ctx.ts";
import { parsed } from "../shared/parsed.ts";
import { resolveTask } from "../shared/references.ts";
import { chooseLoopRun } from "./find-loop-run.ts";
import { guardsMerge, mergeIteration, mergeStandings } from "./merge-gate.ts";
import { type LoopPolicy, loopRulesOf, metadataOf } from "./policy.ts";
import { NO_RULES } from "./rules.ts";
import { evidenceObject, evidenceStandings } from "./standing.ts";

type Gate = ListedReceipt["opens"][number];
type Versions = NonNullable<ListedReceipt["versions"]>;

/** The receipts of a loop, how each stands, and on request how it was before (spec 05 §9). Throws what `loop-status` throws. */
export async function listEvidence(
  ctx: Ctx,
  input: Input<"loops.listEvidence">,
): Promise<Output<"loops.listEvidence">> {
  return ctx.store.peek((tx) => {
    const task = resolveTask(tx, input.task);
    const { run, policy } = chooseLoopRun(tx, task, input.run);
    const filter = {
      run_id: run.id,
      task_id: task.id,
      iteration: input.iteration ?? null,
      evidence_type: input.evidence_type ?? null,
    };
    const rows = loopRows.receiptsOfRun(tx, filter, input.limit === 0 ? -1 : input.limit);
    const versions = input.history ? versionsOf(tx, task.id, rows) : null;
    const judge = judgeOf(tx, run, policy);
    return {
      task: { id: task.id, name: task.name },
      run: {
        id: run.id,
        name: run.name,
        current_iteration: policy.current_iteration,
        max_iterations: policy.max_iterations,
      },
      total: loopRows.countReceipts(tx, filter),
      receipts: rows.map((row) => {
        const evidence = evidenceObject(row);
        return {
          criterion_id: row.id,
          iteration: row.loop_iteration ?? 0,
          evidence_type: row.evidence_type ?? "",
          attempt: row.attempt,
          status: row.status,
          source: row.source,
          proof: row.proof,
          evidence,
          ...judge(row),
          created_at: row.created_at,
          updated_at: row.updated_at,
          sha256: hashOf(evidence),
          versions: versions === null ? null : (versions.get(row.id) ?? []),
        };
      }),
    };
  });
}

/** How each receipt stands among those of its iteration, which are read once. */
function judgeOf(tx: FastTx, run: loopRows.RunRow, policy: LoopPolicy) {
  const rules = loopRulesOf(run) ?? NO_RULES;
  const merges = guardsMerge(policy, metadataOf(run));
  const read = new Map<number, loopRows.ReceiptRow[]>();
  const receiptsOf = (iteration: number) => {
    const known =
      read.get(iteration) ?? loopRows.receiptsOfIteration(tx, { run_id: run.id, iteration, task_id: run.task_id });
    read.set(iteration, known);
    return known;
  };
  return (row: lookups.CriterionRow): Pick<ListedReceipt, "counts" | "opens" | "standing"> => {
    const iteration = row.loop_iteration ?? 0;
    const type = row.evidence_type ?? "";
    const receipts = receiptsOf(iteration);
    const counts = receipts.findLast(({ evidence_type }) => evidence_type === type)?.id === row.id;
    const own = receipts.filter(({ id, evidence_type }) => evidence_type !== type || id === row.id);
    const question = { run_id: run.id, iteration, freshness: rules.freshness, now: tx.now };
    const standing = evidenceStandings([type], own, question)[0]?.state ?? "missing";
    const isOpen = counts && standing === "satisfied";
    const opens: [gate: Gate, opens: boolean][] = [
      ["continue", isOpen && policy.required_before_continue.includes(type)],
      ["merge", isOpen && merges && iteration === mergeIteration(policy) && mergesWith(type)],
      [
        "finish",
        isAdversarialProof({ status: row.status, source: row.source, evidence: evidenceObject(row) } as never),
      ],
    ];
    return { counts, standing, opens: opens.flatMap(([gate, holds]) => (holds ? [gate] : [])) };

    function mergesWith(wanted: string): boolean {
      const standings = mergeStandings(policy, receipts, { rules, now: tx.now });
      return standings.some(({ evidence_type, state }) => evidence_type === wanted && state === "satisfied");
    }
  };
}

function versionsOf(tx: FastTx, task_id: string, rows: readonly lookups.CriterionRow[]): Map<number, Versions> {
  const versions = new Map<number, Versions>();
  for (const { criterion_id, at, actor, payload_json } of loopRows.receiptVersions(
    tx,
    task_id,
    rows.map(({ id }) => id),
  )) {
    const { status, proof, evidence } = parsed(payload_json) as {
      status: string;
      proof: string | null;
      evidence: object;
    };
    const own = versions.get(criterion_id) ?? [];
    own.push({ at, actor, status, proof, evidence: { ...evidence }, sha256: hashOf(evidence) });
    versions.set(criterion_id, own);
  }
  return versions;
}

function hashOf(evidence: object): string {
  return createHash("sha256").update(canonicalJson(evidence)).digest("hex");
}
