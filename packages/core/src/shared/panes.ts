import { ConveyorError } from "@conveyor/contracts/errors";
import type { Pane } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

/** All panes of the tmux server, or null when tmux may not be asked here: then nothing is known about terminals. */
export async function panesOrNull(ctx: HostCtx): Promise<Pane[] | null> {
  try {
    return await ctx.host.tmux.listPanes();
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return null;
    throw thrown;
  }
}
