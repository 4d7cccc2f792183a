import type { CheckAuthor } from "@conveyor/contracts/checks/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { lookups, type ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/**
 * As who somebody acts on the checks of a task: a person is the operator, the thread of the task's manager its manager, and
 * every other agent counts as the worker, who may propose and run but never judge (spec 09 §9.1, principle d). An agent that
 * hides its thread counts as a person, as everywhere; the sandbox and the receipt do not depend on it.
 */
export async function checkAuthorOf(
  { settings: { caller_thread_id } }: Pick<Ctx, "settings">,
  tx: ReadTx,
  task_id: string,
): Promise<CheckAuthor> {
  if (caller_thread_id === undefined) return "operator";
  const session = lookups.sessionOfThread(tx, caller_thread_id);
  if (session?.role !== "manager") return "worker";
  const binding = await tx.db.bindings.findFirst({ where: { task_id }, orderBy: { seq: "desc" } });
  return binding?.manager_session_id === session.id ? "manager" : "worker";
}

/** Who may judge. Throws `permission_denied` for whoever is judged. */
export function assertMayJudge(author: CheckAuthor, what: string): asserts author is "manager" | "operator" {
  if (author !== "worker") return;
  throw new ConveyorError("permission_denied", `whoever does the work may not ${what}`, {
    hint: "ask the manager of the task, or a person, to do it",
    details: { actor: author },
  });
}
