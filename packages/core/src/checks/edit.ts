import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { assertMayJudge, checkAuthorOf } from "./actor.ts";
import { assertMayBeIsolated, resolvedSpec } from "./add.ts";
import { checkOf, findCheck, specOf } from "./check.ts";
import { checkSpec, commandObject } from "./definition.ts";
import { subjectFolder } from "./subject.ts";

/**
 * Change what a check does. Another definition is a new revision, of which the old runs prove nothing; the same definition
 * changes nothing. A worker may change what is only proposed (spec 09 §9.4). Throws `not_found`, `permission_denied`,
 * `invalid_input`.
 */
export async function edit(ctx: Ctx, input: Input<"checks.edit">): Promise<Output<"checks.edit">> {
  const asked = await ctx.store.read(async (tx) => {
    const { row, task_id } = await findCheck(tx, input.check);
    return { row, folder: await subjectFolder(tx, task_id) };
  });
  const { kind, ...before } = specOf(asked.row);
  const given = input.spec ?? before;
  assertMayBeIsolated(kind, input.isolated ?? false);
  const wanted = checkSpec(kind, kind === "command" ? commandObject(input, given) : given);
  const { kind: _kind, ...fields } = await resolvedSpec(ctx, wanted, asked.folder);
  return ctx.store.write(async (tx) => {
    const { row, task_id } = await findCheck(tx, input.check);
    const author = await checkAuthorOf(ctx, tx, task_id);
    if (row.accepted_by !== null) assertMayJudge(author, "change a check that was accepted");
    if (row.revision !== asked.row.revision) throw changedMeanwhile(row.id);
    const data = {
      spec_json: canonicalJson(fields),
      covers_json: input.covers === undefined ? row.covers_json : canonicalJson(input.covers),
      guards_json: input.guards === undefined ? row.guards_json : canonicalJson(input.guards),
      timeout_seconds: input.timeout_seconds ?? row.timeout_seconds,
      network: input.network ?? row.network,
      sandbox: input.sandbox ?? row.sandbox,
      isolated: input.isolated ?? row.isolated,
      repeat: input.repeat ?? row.repeat,
    };
    const changed = (Object.keys(data) as (keyof typeof data)[]).some((field) => data[field] !== row[field]);
    if (!changed) return { check: checkOf(row), changed };
    const after = await tx.db.checks.update({
      where: { id: row.id },
      data: {
        ...data,
        // Other guards are looked at when the check is accepted anew; until then nothing vouches for them.
        guards_hash: data.guards_json === row.guards_json ? row.guards_hash : null,
        revision: row.revision + 1,
        updated_at: tx.now,
        updated_seq: tx.seq(),
      },
    });
    tx.tell("check_changed", {
      actor: author,
      task_id,
      summary: `check ${row.name} is another one now`,
      correlation: { check_id: row.id, criterion_id: row.criterion_id },
      attributes: { check_id: row.id, criterion_id: row.criterion_id, change: "edited", revision: after.revision },
    });
    return { check: checkOf(after), changed };
  });
}

/** What was laid over one revision must not be written over another. */
function changedMeanwhile(id: number): ConveyorError {
  return new ConveyorError("conflict", `check ${id} was changed by somebody else at the same moment`, {
    hint: `look at it with \`conveyor checks show ${id}\`, then try again`,
    details: { kind: "check", id },
  });
}
