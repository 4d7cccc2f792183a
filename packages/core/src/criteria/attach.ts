import { createHash } from "node:crypto";
import { closeSync, readFileSync } from "node:fs";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { openRegular } from "@conveyor/files";
import { checkAuthorOf } from "../checks/actor.ts";
import { findCriterion } from "../checks/check.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

type Attachments = Output<"criteria.attach">["attachments"];

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Note a file that stands behind a criterion, with its hash and size as they are now, and compare those that were noted before
 * with what stands at their paths (spec 04 §8, 4). The content stays where it is. Throws `not_found` for a task, criterion or
 * file that is not there, `too_large`.
 */
export async function attach(ctx: Ctx, input: Input<"criteria.attach">): Promise<Output<"criteria.attach">> {
  await ctx.host.mayAct();
  const seen = digestOf(input.file);
  if (seen === "too_large") {
    throw new ConveyorError("too_large", `${input.file} is larger than ${MOST_BYTES} bytes`, {
      hint: "attach a report of it, or its hash as evidence",
      details: { path: input.file },
    });
  }
  if (seen === null) {
    throw new ConveyorError("not_found", `there is no file ${input.file} that can be read`, {
      hint: "name a file that is there and that you may read",
      details: { kind: "file", path: input.file },
    });
  }
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const { id: criterion_id } = await findCriterion(tx, input.criterion_id, { id, name });
    const added_by = await checkAuthorOf(ctx, tx, id);
    const data = { criterion_id, path: input.file, sha256: seen.sha256, bytes: BigInt(seen.bytes), added_by };
    const row = await tx.db.criterion_attachments.create({ data: { ...data, seq: tx.seq(), created_at: tx.now } });
    tx.tell("criterion_attachment_added", {
      actor: added_by,
      task_id: id,
      summary: `a file was attached to criterion #${criterion_id}`,
      correlation: { criterion_id },
      attributes: { criterion_id, attachment_id: row.id, sha256: seen.sha256, bytes: seen.bytes },
    });
    const rows = await tx.db.criterion_attachments.findMany({ where: { criterion_id }, orderBy: { seq: "asc" } });
    const attachments = rows.map(({ seq: _seq, bytes, ...one }) => {
      const now = digestOf(one.path);
      const state = now === null ? "missing" : now !== "too_large" && now.sha256 === one.sha256 ? "same" : "changed";
      return { ...one, bytes: Number(bytes), now: state };
    });
    return { task: { id, name }, attachments: attachments as Attachments };
  });
}

/** What a file is now; null where none can be read. */
function digestOf(path: string): { sha256: string; bytes: number } | "too_large" | null {
  try {
    const { file, stats } = openRegular(path);
    try {
      if (stats.size > MOST_BYTES) return "too_large";
      const content = readFileSync(file);
      return { sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
