import type { Input, Output } from "@conveyor/contracts";
import type { HostCtx } from "../ctx.ts";
import { pluginStatusOf } from "./plugin-status.ts";

/** `plugin-path`: where the operator plugin comes from and where it goes (spec 06 §6.8.2). */
export async function pluginPath(
  ctx: HostCtx,
  input: Input<"system.pluginPath">,
): Promise<Output<"system.pluginPath">> {
  return pluginStatusOf(ctx.agents.standard, input.codex_home ?? ctx.agents.standard.home ?? "").paths;
}
