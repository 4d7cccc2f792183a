import type { Input, Output } from "@conveyor/contracts";
import { noticeRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

type Listed = Output<"notifications.list">[number];

/** What people were told, newest first, and how it reached them (spec 10 §10.5). */
export async function list(ctx: Ctx, input: Input<"notifications.list">): Promise<Output<"notifications.list">> {
  return ctx.store.peek((tx) => {
    const notices = noticeRows.newestNotices(tx, { state: input.state, limit: input.limit });
    const ids = notices.map(({ id }) => id);
    const deliveries = noticeRows.deliveriesOf(tx, ids);
    return notices.map(({ seq: _seq, dedupe_key: _key, task_id: _task, task_name, ...notice }) => ({
      ...(notice as Omit<Listed, "task" | "deliveries">),
      task: task_name,
      deliveries: deliveries
        .filter(({ notification_id }) => notification_id === notice.id)
        .map(({ sink, state, attempts, due_at, error, delivered_at }) => ({
          ...{ sink, attempts, due_at, error, delivered_at },
          state: state as Listed["deliveries"][number]["state"],
        })),
    }));
  });
}
