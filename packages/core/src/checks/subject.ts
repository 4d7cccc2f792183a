import { createHash } from "node:crypto";
import type { Subject } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { coveredHash, readTree, type Tree } from "@conveyor/host";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { parsed } from "../shared/parsed.ts";

/**
 * The folder whose files a task is about: the one that was named, else that of its worker, else the one that its checks
 * last ran in; null when none is known (spec 09 §9.2).
 */
export async function subjectFolder(tx: ReadTx, task_id: string, named?: string): Promise<string | null> {
  if (named !== undefined) return named;
  const binding = await tx.db.bindings.findFirst({
    where: { task_id },
    orderBy: { seq: "desc" },
    include: { worker_session: { select: { cwd: true } } },
  });
  const cwd = binding?.worker_session?.cwd ?? null;
  if (cwd !== null && cwd !== "") return cwd;
  const run = await tx.db.check_runs.findFirst({
    where: { check: { criterion: { task_id } } },
    orderBy: { seq: "desc" },
    select: { subject_json: true },
  });
  const root = (parsed(run?.subject_json ?? "null") as { root?: unknown } | null | undefined)?.root;
  return typeof root === "string" ? root : null;
}

/** Throws `precondition_failed` when nothing says where the work is. */
export function assertFolder(folder: string | null): asserts folder is string {
  if (folder !== null) return;
  throw new ConveyorError("precondition_failed", "nothing says in which folder the work of this task is", {
    hint: "bind a worker to the task, or name the folder with --root DIR",
  });
}

/** The files around a folder as they are now, without what Conveyor itself writes. Throws what `readTree` throws. */
export function presentTree(
  { host, settings, signal }: Pick<Ctx, "host" | "settings" | "signal">,
  folder: string,
  keeps = false,
): Promise<Tree> {
  return readTree(folder, {
    env: host.env,
    without: [settings.state_root],
    // What a verdict rests on is read anew; a report may remember what it saw.
    cache: keeps ? `${settings.state_root}/proof` : undefined,
    signal,
  });
}

/** What a run of a check that covers these files looks at. Pure. */
export function subjectOf(tree: Tree, covers: readonly string[]): Subject {
  const { root, commit, dirty } = tree;
  return { tree: tree.tree, commit, dirty, root, ...coveredHash(tree, covers) };
}

/** One hash of all guarded files of a criterion as they are now. Pure. */
export function guardsHash(tree: Pick<Tree, "entries">, guards: readonly string[]): string {
  return coveredHash(tree, guards).covers_hash;
}

/** The state of everything that guards a criterion, by which a review of it is known again. Pure. */
export function reviewHash(hashes: readonly string[]): string {
  return createHash("sha256").update(hashes.join("\n")).digest("hex");
}
