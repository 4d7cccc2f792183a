import type { Input, ListedProposal, Output, Proposal } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { reviewOf } from "./record-review.ts";
import { continuationOf } from "./turn.ts";

type Asked = Input<"continuations.list">;

/**
 * The proposals and reviews of a task by id. What was proposed is shown on request; of a worker only to a manager that has
 * made its own proposal in that turn. Each turn of which a worker's proposal was shown is recorded (spec 04 §4.11). Throws
 * `not_found`, and `continuation_not_disclosed` when the one turn that was asked for may not be seen yet.
 */
export async function list(ctx: Ctx, input: Asked): Promise<Output<"continuations.list">> {
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const where = {
      task_id: task.id,
      ...(input.correlation_id !== undefined && { correlation_id: input.correlation_id }),
    };
    const all = (await tx.db.task_continuations.findMany({ where, orderBy: { seq: "asc" } })).map(continuationOf);
    const reviews = await tx.db.continuation_reviews.findMany({ where, orderBy: { seq: "asc" } });
    const paired = new Set(all.filter(({ proposer }) => proposer === "manager").map((own) => own.correlation_id));
    const shown = (own: Proposal) => input.include_payload && maySee(own, input.as_role, paired);
    if (input.include_payload && input.correlation_id !== undefined) assertAllShown(all, shown);
    await recordDisclosures(tx, task.id, input, all.filter(shown), paired);
    return {
      task: { id: task.id, name: task.name },
      continuations: all.map((own) => listed(own, shown(own))),
      reviews: reviews.map(reviewOf),
    };
  });
}

/** Whether a reader may see what was proposed: a manager only after its own proposal in the turn. Pure. */
export function maySee(
  { proposer, correlation_id }: Pick<Proposal, "correlation_id" | "proposer">,
  as_role: Asked["as_role"],
  paired: ReadonlySet<string>,
): boolean {
  return as_role !== "manager" || proposer !== "worker" || paired.has(correlation_id);
}

function listed({ payload, ...facts }: Proposal, shown: boolean): ListedProposal {
  return shown ? { ...facts, payload } : { ...facts, payload_redacted: true };
}

function assertAllShown(all: readonly Proposal[], shown: (own: Proposal) => boolean): void {
  const withheld = all.find((own) => !shown(own));
  if (withheld === undefined) return;
  throw new ConveyorError(
    "continuation_not_disclosed",
    `the manager must submit its own proposal in the turn ${JSON.stringify(withheld.correlation_id)} first`,
    { details: { correlation_id: withheld.correlation_id } },
  );
}

async function recordDisclosures(
  tx: WriteTx,
  task_id: string,
  { as_role }: Asked,
  shown: readonly Proposal[],
  paired: ReadonlySet<string>,
): Promise<void> {
  const turns = new Set(shown.filter(({ proposer }) => proposer === "worker").map((own) => own.correlation_id));
  for (const correlation_id of turns) {
    await tx.db.continuation_disclosures.create({
      data: {
        seq: tx.seq(),
        task_id,
        correlation_id,
        as_role,
        surface: "continuation",
        paired: paired.has(correlation_id),
        created_at: tx.now,
      },
    });
    if (paired.has(correlation_id)) continue;
    tx.tell("continuation_payload_disclosed", {
      task_id,
      summary: `the worker's proposal was shown to ${as_role} before the manager made its own`,
      correlation: { correlation_id },
      correlation_id,
      attributes: { as_role, correlation_id, surface: "continuation" },
    });
  }
}
