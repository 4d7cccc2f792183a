import type { Input, Output } from "@conveyor/contracts";
import { decodeRow } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveSession } from "../shared/references.ts";

/** Names of the older record form, and the item types under which today's files hold the same (spec 02 §5.3). */
const OLDER_NAMES: Record<string, string> = {
  user_message: "UserMessage",
  agent_message: "AgentMessage",
  agent_reasoning: "Reasoning",
  patch_apply_end: "FileChange",
  exec_command_end: "CommandExecution",
  mcp_tool_call_end: "McpToolCall",
  web_search_end: "WebSearch",
  entered_review_mode: "EnteredReviewMode",
  exited_review_mode: "ExitedReviewMode",
  context_compacted: "ContextCompaction",
};

/** The latest stored records of a session, newest first; does not read the rollout (spec 02 §8.2). Throws `not_found`. */
export async function tail(ctx: Ctx, input: Input<"observation.tail">): Promise<Output<"observation.tail">> {
  return ctx.store.write(async (tx) => {
    const session = resolveSession(tx, input.session);
    const subtype = input.subtype;
    const item_type = subtype === undefined ? undefined : (OLDER_NAMES[subtype] ?? subtype);
    const rows =
      input.limit === 0
        ? []
        : await tx.db.codex_events.findMany({
            where: { session_id: session.id, ...(subtype !== undefined && { OR: [{ subtype }, { item_type }] }) },
            orderBy: { id: "desc" },
            take: input.limit,
            select: {
              id: true,
              timestamp: true,
              type: true,
              subtype: true,
              item_type: true,
              byte_offset: true,
              payload_json: true,
            },
          });
    tx.tell("codex_events_tail_read", {
      task_id: null,
      summary: `${rows.length} stored records of ${session.name} read`,
      correlation: { session: session.name, session_id: session.id },
      attributes: { limit: input.limit, returned_count: rows.length, subtype: subtype ?? null },
    });
    return rows.map((row) => {
      const { payload, byte_offset, ...rest } = decodeRow(row);
      return { ...rest, byte_offset: Number(byte_offset), payload: payload as Record<string, unknown> };
    });
  });
}
