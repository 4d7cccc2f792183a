import type { Input, Output } from "@conveyor/contracts";
import type { CheckAuthor } from "@conveyor/contracts/checks/words";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { parsed } from "../shared/parsed.ts";
import { resolveTask } from "../shared/references.ts";
import type { ManagerPolicy } from "./merge-config.ts";

type History = Output<"contract.configHistory">;
type FieldChange = History["revisions"][number]["changes"][number];

/** The revisions of a task's config, each with what it changed (spec 04 §8, 1). Throws `not_found`, `ambiguous`. */
export async function configHistory(ctx: Ctx, input: Input<"contract.configHistory">): Promise<History> {
  return ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const rows = await tx.db.manager_config_revisions.findMany({
      where: { task_id: id },
      orderBy: { revision: "desc" },
      // One more than is shown: the oldest is compared with it.
      ...(input.limit > 0 && { take: input.limit + 1 }),
    });
    const shown = input.limit > 0 ? rows.slice(0, input.limit) : rows;
    return {
      task: { id, name },
      revisions: shown.map((row, at) => ({
        revision: row.revision,
        author: row.author as CheckAuthor,
        source: row.source,
        created_at: row.created_at,
        changes: fieldChanges(policyIn(rows[at + 1]?.config_json), policyIn(row.config_json)),
      })),
    };
  });
}

/** A revision that is kept for the history. */
export interface KeptRevision {
  task_id: string;
  revision: number;
  author: CheckAuthor;
  source: string | undefined;
  policy: ManagerPolicy;
}

/** Keep a revision, once; one that is kept already stays. */
export async function keepRevision(tx: WriteTx, { policy, source, ...row }: KeptRevision): Promise<void> {
  const { task_id, revision } = row;
  const kept = await tx.db.manager_config_revisions.findUnique({ where: { task_id_revision: { task_id, revision } } });
  if (kept !== null) return;
  await tx.db.manager_config_revisions.create({
    data: { ...row, seq: tx.seq(), source: source ?? null, config_json: canonicalJson(policy), created_at: tx.now },
  });
}

/** The fields whose value is another, by name. Pure. */
export function fieldChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): FieldChange[] {
  return Object.keys({ ...before, ...after })
    .filter((field) => canonicalJson(before[field] ?? null) !== canonicalJson(after[field] ?? null))
    .sort()
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}

function policyIn(config_json: string | undefined): Record<string, unknown> {
  const policy = config_json === undefined ? {} : parsed(config_json);
  return typeof policy === "object" && policy !== null ? (policy as Record<string, unknown>) : {};
}
