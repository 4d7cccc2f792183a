import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { checkAuthorOf } from "./actor.ts";
import { checkOf, findCriterion } from "./check.ts";
import { checkSpec, commandObject } from "./definition.ts";
import { assertFolder, guardsHash, presentTree, subjectFolder } from "./subject.ts";

/**
 * Add a check to a criterion; what a worker adds is proposed, what a manager or operator adds is accepted with its guarded
 * files as they are now (spec 09 §9.4). Throws `not_found`, `invalid_input`, `conflict` for a name that is taken.
 */
export async function add(ctx: Ctx, input: Input<"checks.add">): Promise<Output<"checks.add">> {
  const spec = checkSpec(input.kind, specObject(input));
  const { kind: _kind, ...fields } = spec;
  const asked = await ctx.store.read(async (tx) => {
    const task = resolveTask(tx, input.task);
    await findCriterion(tx, input.criterion_id, task);
    return { folder: await subjectFolder(tx, task.id, input.root), author: await checkAuthorOf(ctx, tx, task.id) };
  });
  const guards_hash =
    asked.author === "worker" || input.guards.length === 0 ? null : await hashOfGuards(ctx, asked.folder, input.guards);
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const created_by = await checkAuthorOf(ctx, tx, task.id);
    const { criterion_id, name, kind } = input;
    const taken = await tx.db.checks.findFirst({ where: { criterion_id, name, removed_at: null } });
    if (taken !== null) {
      throw new ConveyorError("conflict", `criterion #${criterion_id} has a check ${JSON.stringify(name)} already`, {
        hint: `change it with \`conveyor checks edit ${taken.id}\`, or choose another name`,
        details: { kind: "check", id: taken.id },
      });
    }
    const seq = tx.seq();
    const row = await tx.db.checks.create({
      data: {
        seq,
        updated_seq: seq,
        criterion_id,
        name,
        kind,
        spec_json: canonicalJson(fields),
        covers_json: canonicalJson(input.covers),
        guards_json: canonicalJson(input.guards),
        timeout_seconds: input.timeout_seconds,
        network: input.network,
        sandbox: input.sandbox,
        isolated: input.isolated,
        repeat: input.repeat,
        created_by,
        accepted_by: created_by === "worker" ? null : created_by,
        guards_hash,
        created_at: tx.now,
        updated_at: tx.now,
      },
    });
    tx.tell("check_added", {
      actor: created_by,
      task_id: task.id,
      summary: `check ${name} added to criterion #${criterion_id}`,
      correlation: { check_id: row.id, criterion_id },
      attributes: { check_id: row.id, criterion_id, kind, accepted: row.accepted_by !== null, revision: 1 },
    });
    return { check: checkOf(row) };
  });
}

/** What the flags and the JSON object say together; for a command the object is the base. Throws `usage`. */
function specObject(input: Input<"checks.add">): Record<string, unknown> {
  if (input.kind === "command") return commandObject(input, input.spec ?? {});
  if (input.argv.length > 0) {
    throw new ConveyorError("usage", `a check of kind ${input.kind} runs no command`, {
      hint: "say what it looks at with --spec-json",
    });
  }
  return input.spec ?? {};
}

/** The guarded files as they are now. Throws `precondition_failed` when nothing says where they are. */
export async function hashOfGuards(ctx: Ctx, folder: string | null, guards: readonly string[]): Promise<string> {
  assertFolder(folder);
  return guardsHash(await presentTree(ctx, folder), guards);
}
