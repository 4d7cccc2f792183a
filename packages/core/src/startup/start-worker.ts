import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { tmuxSessionOf } from "../shared/terminal-name.ts";
import { noteWorktreeUse } from "../worktrees/make-worktree.ts";
import { workplaceOf } from "../worktrees/workplace.ts";
import { assertNameFree, assertNoTmuxSession, assertTextFits, checkMachine } from "./preflight.ts";
import { standByPrompt } from "./prompts/worker.ts";
import { spawnSession } from "./spawn-session.ts";

/**
 * Start an agent in tmux and register it as a worker (spec 01 §6.1). Throws `tool_missing`, `host_denied`,
 * `invalid_input`, `conflict` before anything is touched; then what `spawnSession` throws.
 */
export async function startWorker(
  ctx: Ctx,
  input: Input<"startup.startWorker">,
): Promise<Output<"startup.startWorker">> {
  const { name, task } = input;
  assertTextFits("task", task);
  const looked = await checkMachine(ctx, ctx.agents.standard, input.cwd);
  await ctx.store.read((tx) => assertNameFree(ctx, tx, { name, role: "worker" }));
  await assertNoTmuxSession(ctx, tmuxSessionOf(looked.agent, name));
  const place = await workplaceOf(ctx, { ...input, cwd: looked.cwd });
  const machine = { ...looked, cwd: place.cwd };
  const prompt = task ?? standByPrompt({ name, cwd: machine.cwd });
  const started = await spawnSession(ctx, machine, {
    ...input,
    profile: input.codex_profile,
    role: "worker",
    prompt,
    via: "start-worker",
  });
  if (place.worktree_id !== null) await noteWorktreeUse(ctx, place.worktree_id, started);
  return started;
}
