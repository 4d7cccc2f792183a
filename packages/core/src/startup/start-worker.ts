import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { tmuxSessionOf } from "../shared/terminal-name.ts";
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
  const machine = await checkMachine(ctx, ctx.agents.standard, input.cwd);
  await ctx.store.read((tx) => assertNameFree(ctx, tx, { name, role: "worker" }));
  await assertNoTmuxSession(ctx, tmuxSessionOf(machine.agent, name));
  const prompt = task ?? standByPrompt({ name, cwd: machine.cwd });
  return spawnSession(ctx, machine, {
    ...input,
    profile: input.codex_profile,
    role: "worker",
    prompt,
    via: "start-worker",
  });
}
