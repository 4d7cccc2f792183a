import type { Ctx } from "../ctx.ts";
import { folderParty, folderTerminal, type Party, sessionParty } from "../shared/party.ts";
import { resolveSession } from "../shared/references.ts";
import { tmuxSessionOfFolder } from "../shared/terminal-name.ts";
import { workerConfig, workerFolder } from "../shared/worker-folder.ts";

/**
 * Whose terminal a name means: the worker that has a folder of this name in the state root, else the session (spec 01
 * §6.13). Throws `not_found` and `ambiguous`.
 */
export async function terminalHolder(ctx: Ctx, name: string): Promise<Party> {
  return ctx.store.read(async (tx) => {
    if (workerFolder(ctx.settings.state_root, name) === null) return sessionParty(resolveSession(tx, name));
    const row = await tx.db.workers.findUnique({ where: { name } });
    const config = workerConfig(ctx.settings.state_root, name) ?? {};
    if (row !== null) return folderParty("folder_worker", "worker", row, folderTerminal(config));
    const { tmux_session, tmux_pane_id, identity_token } = config;
    const recorded = {
      // A folder that the ledger does not know has nothing to compare with but itself.
      id: `folder:${name}`,
      name,
      state: "unknown",
      tmux_session: typeof tmux_session === "string" ? tmux_session : tmuxSessionOfFolder(name),
      tmux_pane_id: typeof tmux_pane_id === "string" ? tmux_pane_id : null,
      ...(typeof identity_token === "string" && { identity_token }),
    };
    return folderParty("folder_worker", "worker", recorded, folderTerminal(config));
  });
}
