import { ConveyorError } from "@conveyor/contracts/errors";
import type { ControlEnd } from "@conveyor/contracts/terminals/wire";
import type { AttachedTerminal, PaneTarget, TerminalSize } from "@conveyor/host";
import { type FastTx, lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveSession } from "../shared/references.ts";

/** What may be the name of a tmux session that is attached to for a page (spec 06 §6.6.2 item 6). */
const SAFE_NAME = /^[A-Za-z0-9_.:@%+][A-Za-z0-9_.:@%+-]*$/;

/** The terminal of a registered session that may be looked into. */
export interface ViewedTerminal {
  session_id: string;
  session: string;
  tmux_session: string;
  task_id: string | null;
  target: PaneTarget;
}

/** The hands of a person on the keyboard of a terminal. */
export interface TerminalControl {
  /** Let go, and record why and how many bytes were typed. A second call does nothing. */
  release(reason: ControlEnd, byte_count: number): Promise<void>;
}

/**
 * Look into the terminal of a session, read-only, and record that it was shown (spec 06 §6.6.4). Only sessions of this
 * ledger that are not gone have one. Throws `not_found`, `ambiguous`, `precondition_failed` without such a terminal,
 * `unsupported_platform`, and the codes of tmux.
 */
export async function lookIn(
  ctx: Ctx,
  reference: string,
  size: TerminalSize,
): Promise<{ viewed: ViewedTerminal; terminal: AttachedTerminal }> {
  const viewed = await ctx.store.peek((tx) => viewable(tx, reference));
  const terminal = await ctx.host.tmux.attach(viewed.target, size);
  try {
    await tellShown(ctx, viewed, "live");
  } catch (thrown) {
    terminal.close();
    throw thrown;
  }
  return { viewed, terminal };
}

/** Up to `lines` lines that a terminal scrolled away, then its screen; that they were shown is recorded. Throws the codes of tmux. */
export async function earlierLines(ctx: Ctx, viewed: ViewedTerminal, lines: number): Promise<string> {
  const text = await ctx.host.tmux.history(viewed.target, lines);
  await tellShown(ctx, viewed, "history");
  return text;
}

/**
 * Take the keyboard of a terminal into a person's hands: what Dispatch has for it waits until it is given back. Taking
 * and giving back are recorded. `onLost` is called when it could not be kept. Throws `pane_busy`, `foreign_ledger`, and
 * the codes of tmux.
 */
export async function takeControl(ctx: Ctx, viewed: ViewedTerminal, onLost: () => void): Promise<TerminalControl> {
  const { session_id, session, tmux_session, task_id, target } = viewed;
  const keyboard = await ctx.host.tmux.holdKeyboard(target, onLost);
  const about = { task_id, session_id };
  try {
    await ctx.store.fast((tx) =>
      tx.tell("terminal_control_taken", {
        ...about,
        summary: `somebody types in the terminal of ${session}`,
        attributes: { session, tmux_session },
      }),
    );
  } catch (thrown) {
    await keyboard.release();
    throw thrown;
  }
  let released: Promise<void> | undefined;
  const release = async (reason: ControlEnd, byte_count: number) => {
    await keyboard.release();
    await ctx.store.fast((tx) =>
      tx.tell("terminal_control_returned", {
        ...about,
        summary: `nobody types in the terminal of ${session} any more`,
        attributes: { session, tmux_session, byte_count, reason },
      }),
    );
  };
  return {
    release(reason, byte_count) {
      released ??= release(reason, byte_count);
      return released;
    },
  };
}

function viewable(tx: FastTx, reference: string): ViewedTerminal {
  const { id, name, state, tmux_session, tmux_pane_id, tmux_socket } = resolveSession(tx, reference);
  const refuse = (reason: string, message: string, hint: string) =>
    new ConveyorError("precondition_failed", `session ${JSON.stringify(name)} ${message}`, {
      hint,
      details: { kind: "session", session: name, reason },
    });
  if (tmux_session === null) {
    throw refuse("no_tmux", "has no terminal", "it runs outside tmux; its turns and messages are shown all the same");
  }
  if (state === "gone") throw refuse("gone", "is gone", "register it again when it runs again");
  if (!SAFE_NAME.test(tmux_session)) {
    throw refuse("unsafe_name", "runs in a tmux session whose name is not shown in a page", "use `conveyor attach`");
  }
  return {
    session_id: id,
    session: name,
    tmux_session,
    task_id: lookups.taskOfSession(tx, id) ?? null,
    target: { session: tmux_session, pane_id: tmux_pane_id, socket_path: tmux_socket },
  };
}

async function tellShown(ctx: Ctx, viewed: ViewedTerminal, shown: "live" | "history"): Promise<void> {
  const { session, tmux_session, task_id } = viewed;
  await ctx.store.fast((tx) =>
    tx.tell("terminal_shown", {
      task_id,
      summary: `the terminal of ${session} was shown`,
      attributes: { session, tmux_session, shown },
    }),
  );
}
