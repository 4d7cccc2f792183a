import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type BoundPair, openPair } from "./pair.ts";
import { nonceHash } from "./smoke/nonce.ts";
import { smokeRunOf } from "./smoke/standing.ts";
import { noSmoke } from "./smoke-status.ts";

type Wish = Input<"autonomy.recordSmoke">;

const EVENT_TYPE = "app_smoke_receipt_recorded";

/**
 * `app-smoke record`: how far a smoke run has come with a role (spec 06 §6.2). Whatever is refused writes nothing, and no
 * refusal says what the nonce is. Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`, `invalid_input`
 * (`sent` without thread), `precondition_failed` (another nonce or thread, an item of somebody else).
 */
export async function recordSmoke(ctx: Ctx, input: Wish): Promise<Output<"autonomy.recordSmoke">> {
  const { role, status, smoke_id, nonce, correlation_id = null, thread_id = null, notification_id = null } = input;
  const payload = input.payload ?? {};
  if (status === "sent" && thread_id === null) {
    throw new ConveyorError("invalid_input", "a smoke prompt that was sent needs the thread it was sent to", {
      hint: "name it with --thread-id ID, as app-smoke status shows it for the role",
      details: { missing: "--thread-id" },
    });
  }
  return ctx.store.write(async (tx) => {
    const pair = openPair(ctx, tx, input.task);
    const { task } = pair;
    const run = await smokeRunOf(tx, task.id, smoke_id);
    if (run === null) throw noSmoke(ctx.settings, task.name, smoke_id);
    if (run.nonce !== nonce) {
      throw new ConveyorError(
        "precondition_failed",
        `this is not the nonce of the smoke run ${JSON.stringify(smoke_id)}`,
        {
          hint: "use the one that the smoke prompt brought along; it is told nowhere else",
          details: { kind: "smoke", smoke_id, role },
        },
      );
    }
    assertThread(pair, input);
    if (notification_id !== null) await assertItem(tx, pair, input, notification_id);
    const event_id = tx.tell(EVENT_TYPE, {
      actor: role,
      severity: status === "blocked" ? "warning" : "info",
      summary: `smoke run of task ${task.name}: ${role} ${status}`,
      task_id: task.id,
      correlation: { command: "app-smoke", correlation_id, role, smoke_id },
      attributes: {
        ...{ notification_id, role, smoke_id, status, nonce_sha256: nonceHash(nonce) },
        payload_keys: Object.keys(payload).sort(),
      },
    });
    await tx.db.smoke_marks.create({
      data: {
        ...{ smoke_id, role, status, thread_id, notification_id, correlation_id, event_id },
        seq: tx.seq(),
        task_id: task.id,
        payload_json: canonicalJson(payload),
        recorded_at: tx.now,
      },
    });
    return {
      task: { id: task.id, name: task.name },
      smoke: { id: smoke_id, nonce },
      receipt: { event_id, event_type: EVENT_TYPE, recorded_at: tx.now },
    };
  });
}

function assertThread(pair: BoundPair, { role, thread_id }: Wish): void {
  const { name, codex_app_thread_id } = pair[role];
  if (thread_id === undefined || thread_id === codex_app_thread_id) return;
  const bound = codex_app_thread_id === null ? "no thread" : `the thread ${JSON.stringify(codex_app_thread_id)}`;
  throw new ConveyorError(
    "precondition_failed",
    `the ${role} ${JSON.stringify(name)} is in ${bound}, not in ${JSON.stringify(thread_id)}`,
    {
      hint: "send to the thread that app-smoke status shows for the role, and to no other",
      details: { kind: "session", name, role, thread_id: codex_app_thread_id },
    },
  );
}

/** An item that brought the prompt was sent to this role of this task. */
async function assertItem(tx: ReadTx, { task, ...roles }: BoundPair, { role }: Wish, id: number): Promise<void> {
  const item = await tx.db.routed_notifications.findUnique({
    where: { id },
    select: { task_id: true, target_session_id: true },
  });
  const details = { kind: "notification", id, role };
  if (item === null || item.task_id !== task.id) {
    throw new ConveyorError("not_found", `task ${JSON.stringify(task.name)} has no notification ${id}`, {
      hint: "leave --notification-id out, or name the item that the role took",
      details,
    });
  }
  if (item.target_session_id === roles[role].id) return;
  throw new ConveyorError("precondition_failed", `notification ${id} was not sent to the ${role} ${roles[role].name}`, {
    hint: "name the item that this role took",
    details,
  });
}
