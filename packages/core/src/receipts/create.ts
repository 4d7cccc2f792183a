import { basename } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { VERSION } from "@conveyor/contracts/version";
import { replaceFile } from "@conveyor/files";
import { receiptKeys, type Tree } from "@conveyor/host";
import { auditChain, canonicalJson, maskSecrets, type ReadTx } from "@conveyor/store";
import { checkOf, checkRunOf } from "../checks/check.ts";
import { criterionStanding, readStoredProof, type StoredProof } from "../checks/standing.ts";
import { assertFolder, presentTree, subjectFolder, subjectOf } from "../checks/subject.ts";
import type { Ctx } from "../ctx.ts";
import { parsed } from "../shared/parsed.ts";
import { resolveTask } from "../shared/references.ts";
import { signedEnvelope } from "./dsse.ts";
import { type ReceiptPredicate, receiptCheck, receiptTable, sha256, statementsOf, subjectDigest } from "./statement.ts";

/**
 * Sign what is known of a task's criteria and the files as they are now, without anything that a check printed (spec 09
 * §9.6). Two calls make two receipts. Throws `not_found`, `ambiguous`, `precondition_failed` when nothing says where the
 * files are, `host_denied` when the key cannot be used, and what reading the files throws.
 */
export async function create(ctx: Ctx, input: Input<"receipts.create">): Promise<Output<"receipts.create">> {
  const { task_id, folder } = await ctx.store.read(async (tx) => {
    const { id } = resolveTask(tx, input.task);
    return { task_id: id, folder: await subjectFolder(tx, id, input.root) };
  });
  assertFolder(folder);
  const tree = await presentTree(ctx, folder);
  const { current } = receiptKeys(ctx.host.env);
  const answer = await ctx.store.write(async (tx) => {
    const task = resolveTask(tx, task_id);
    const predicate: ReceiptPredicate = {
      product: { name: "conveyor", version: VERSION },
      made_at: tx.now,
      host_id: ctx.host.host_id,
      task: { id: task.id, name: task.name, state: task.state },
      ...(await provenFacts(tx, task.id, tree, await readStoredProof(ctx, tx, task.id))),
      ...(await closingFacts(tx, task.id)),
      audit: await auditPlace(tx, task.id),
    };
    const statements = statementsOf([subjectDigest(basename(tree.root), tree.kind, tree)], predicate);
    const envelopes = statements.map((statement) => signedEnvelope(statement, current));
    const path = input.file ?? null;
    const row = await tx.db.receipts.create({
      data: {
        seq: tx.seq(),
        task_id: task.id,
        statement_sha256: sha256(Buffer.from(envelopes[0]?.payload ?? "", "base64").toString()),
        signed_with: current.keyid,
        path,
        envelope_json: canonicalJson(envelopes),
        created_at: tx.now,
      },
    });
    tx.tell("receipt_created", {
      task_id: task.id,
      summary: `receipt of ${task.name} signed`,
      correlation: { receipt_id: row.id },
      attributes: {
        receipt_id: row.id,
        statement_sha256: row.statement_sha256,
        signed_with: row.signed_with,
        tree: tree.tree,
      },
    });
    const { seq: _seq, envelope_json: _envelopes, ...receipt } = row;
    return {
      receipt,
      task: { id: task.id, name: task.name },
      envelopes,
      markdown: receiptTable(predicate, tree.tree, current.keyid),
    };
  });
  if (input.file !== undefined) writeEnvelopes(input.file, answer.envelopes);
  return answer;
}

/** One envelope a line, as attestations are kept. Throws `invalid_input` when the file cannot be written. */
function writeEnvelopes(file: string, envelopes: readonly object[]): void {
  try {
    replaceFile(file, envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`).join(""));
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    throw new ConveyorError("invalid_input", `the receipt cannot be written to ${file} (${code})`, {
      hint: "name a file in a folder that exists",
      details: { path: file },
      cause: error,
    });
  }
}

async function provenFacts(
  tx: ReadTx,
  task_id: string,
  tree: Tree,
  { policy, criteria }: StoredProof,
): Promise<Pick<ReceiptPredicate, "criteria" | "proof_policy">> {
  const waivers = await tx.db.criterion_waivers.findMany({
    where: { criterion: { task_id }, revoked_at: null },
    orderBy: { seq: "asc" },
  });
  const waiverOf = new Map(waivers.map((row) => [row.criterion_id, row]));
  return {
    proof_policy: policy,
    criteria: criteria.map((stored) => {
      const { status, state, reason } = criterionStanding(stored, tree);
      const waiver = waiverOf.get(stored.id);
      return {
        id: stored.id,
        criterion: maskSecrets(stored.criterion),
        ...{ status, state, reason },
        waiver: waiver
          ? { by: waiver.waived_by, rationale: maskSecrets(waiver.rationale), created_at: waiver.created_at }
          : null,
        checks: stored.checks.map((row) => {
          const check = checkOf(row);
          const [newest] = row.runs;
          return receiptCheck(check, newest ? checkRunOf(newest) : null, subjectOf(tree, check.covers).covers_hash);
        }),
      };
    }),
  };
}

/** The decisions of a task, and the gates of its finish. */
async function closingFacts(tx: ReadTx, task_id: string): Promise<Pick<ReceiptPredicate, "decisions" | "finish">> {
  const decisions = await tx.db.manager_decisions.findMany({ where: { task_id }, orderBy: { seq: "asc" } });
  const command = await tx.db.commands.findFirst({
    where: { task_id, type: "finish_task", state: "succeeded" },
    orderBy: { seq: "desc" },
    select: { id: true, result_json: true },
  });
  const result = (parsed(command?.result_json ?? "null") ?? {}) as Record<string, unknown>;
  const gates = Object.fromEntries(
    Object.entries(result).filter(([name]) => name.startsWith("final_") && name.endsWith("audit")),
  );
  return {
    decisions: decisions.map(({ id, decision, reason, created_at }) => ({
      ...{ id, decision, created_at },
      reason: maskSecrets(reason),
    })),
    finish: command === null ? null : maskSecrets({ command_id: command.id, ...withoutTexts(gates) }),
  };
}

/** Verdicts without what a closing step may have stored with them. */
function withoutTexts(gates: Record<string, unknown>): Record<string, unknown> {
  const ok = (gate: unknown) => (gate as { ok?: unknown } | null)?.ok ?? null;
  return Object.fromEntries(
    Object.entries(gates).map(([name, gate]) => [name, { ok: ok(gate), sha256: sha256(canonicalJson(gate)) }]),
  );
}

/** The head of the ledger's audit, up to which it can be checked later, and how many entries of it are about the task. */
async function auditPlace(tx: ReadTx, task_id: string): Promise<ReceiptPredicate["audit"]> {
  const events = await tx.db.events.count({ where: { task_id } });
  const { seq, hash } = auditChain.auditHead(tx);
  return { chain: "ledger", events, last_seq: seq, head: hash };
}
