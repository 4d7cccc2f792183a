import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { attachCommand } from "@conveyor/contracts/terminal-commands";
import type { Ctx } from "../ctx.ts";
import { sessionMeant } from "./thing.ts";

/**
 * How to look into the terminal of a session or of a task's worker, which runs (spec 10.3). Throws `not_found`,
 * `ambiguous`, `precondition_failed` without terminal, `tmux_session_missing`.
 */
export async function attach(ctx: Ctx, input: Input<"everyday.attach">): Promise<Output<"everyday.attach">> {
  const { name, tmux_session, tmux_socket, tmux_pane_id } = await ctx.store.peek((tx) => sessionMeant(tx, input.ref));
  if (tmux_session === null) {
    throw new ConveyorError("precondition_failed", `session ${JSON.stringify(name)} has no terminal to attach to`, {
      hint: "it runs outside tmux; look at it with `conveyor inspect` or `conveyor tail`",
      details: { kind: "session", reason: "no_tmux", session: name },
    });
  }
  await ctx.host.tmux.paneOf({ session: tmux_session, pane_id: tmux_pane_id });
  const server = tmux_socket === null ? [] : ["-S", tmux_socket];
  // From within the same server a client is moved: tmux puts no terminal into one of its own.
  const inside = (ctx.host.env["TMUX"] ?? "").split(",")[0];
  const verb = inside !== "" && inside === tmux_socket ? "switch-client" : "attach-session";
  return {
    session: name,
    tmux_session,
    attach_command: attachCommand(tmux_session, tmux_socket),
    argv: ["tmux", ...server, verb, "-t", `=${tmux_session}`],
  };
}
