import type { Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { insertRun, isTaskOver, sameLivingRun } from "./insert-run.ts";
import { loopStateOf } from "./loop-state.ts";
import { isSha256, type PolicyWish, plainRunName, planLoopPolicy, policyRunName } from "./plan-policy.ts";

export interface PolicyRunWish extends PolicyWish {
  task: string;
  name?: string | undefined;
}

/**
 * Make the loop policy of a task; one of the same name and content that goes on is answered as it is (spec 05 §2.1). Throws
 * `not_found`, `ambiguous`, `terminal_state`, `conflict`, and `invalid_input` that names the field.
 */
export async function createPolicyRun(ctx: Ctx, wish: PolicyRunWish): Promise<Output<"loops.createFromTemplate">> {
  const metadata = planLoopPolicy(wish) as Record<string, unknown>;
  const warnings = seedWarnings(wish.seed_prompt_sha256);
  return createNamedRun(ctx, { ...wish, purpose: "ralph_loop", metadata, warnings });
}

/** What is doubtful about a hash of a seed prompt. Pure. */
export function seedWarnings(seed_prompt_sha256: unknown): string[] {
  const isDoubtful = typeof seed_prompt_sha256 === "string" && !isSha256(seed_prompt_sha256);
  return isDoubtful ? ["seed_prompt_sha256_is_no_sha256"] : [];
}

export interface NamedRunWish {
  task: string;
  name?: string | undefined;
  purpose: string | null;
  metadata: Record<string, unknown>;
  warnings: string[];
  source: string;
}

/**
 * Make a run: a loop policy when its metadata is of that kind, an active run otherwise. A living run of the same name and
 * content is answered as it is. Throws `not_found`, `ambiguous`, `terminal_state`, `conflict`.
 */
export async function createNamedRun(ctx: Ctx, wish: NamedRunWish): Promise<Output<"loops.createRun">> {
  const { purpose, metadata, warnings, source } = wish;
  const isPolicy = metadata["kind"] === "ralph_loop";
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, wish.task);
    if (isTaskOver(task.state)) {
      throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is ${task.state}`, {
        details: { kind: "task", id: task.id, state: task.state },
      });
    }
    const name = wish.name ?? (isPolicy ? policyRunName : plainRunName)(task.name, tx.now);
    const wanted = { task, name, purpose, metadata, status: isPolicy ? "finished" : "active", source } as const;
    const same = wish.name === undefined ? null : await sameLivingRun(tx, wanted);
    const run = same ?? (await insertRun(ctx, tx, wanted));
    const loop_state = loopStateOf({ ...run, metadata_json: JSON.stringify(run.metadata) }, task.state);
    return { ...run, loop_state, created: same === null, warnings };
  });
}
