import type { Input, Output, Role, TranscriptSegment } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

/** The stored transcript segments of a task, oldest first (spec 02 §8.12). Throws `not_found`. */
export async function show(ctx: Ctx, input: Input<"transcripts.show">): Promise<Output<"transcripts.show">> {
  return ctx.store.read(async (tx) => {
    const { id, name, state } = resolveTask(tx, input.task);
    const newest = await tx.db.transcript_segments.findMany({
      where: { task_id: id, ...(input.role === "all" ? {} : { role: input.role }) },
      orderBy: { seq: "desc" },
      ...(input.limit > 0 && { take: input.limit }),
    });
    const segments = newest.reverse().map(({ seq: _seq, role, segment_text, ...row }): TranscriptSegment => {
      const text = segment_text === null ? {} : { segment_text };
      return { ...row, role: role as Role, ...text };
    });
    return {
      task: { id, name, state },
      segments,
    };
  });
}
