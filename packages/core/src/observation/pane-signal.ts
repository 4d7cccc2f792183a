import type { PaneSignal } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import type { PaneClassification } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

/** Lines of scrollback that a look at a pane covers (spec 02 §2). */
const PANE_LINES = 200;

export interface PaneSubject {
  tmux_session: string | null;
  tmux_pane_id: string | null;
  /** The socket of its tmux server; null for the one that we speak to. */
  tmux_socket: string | null;
  agent_kind: string;
}

export interface PaneLook {
  signal: PaneSignal;
  /** What the screen showed, null when it could not be seen. */
  classification: PaneClassification | null;
}

/**
 * Look at a session's pane and say what it shows (spec 02 §7.4). Advisory: what goes wrong becomes a degraded signal and
 * never an error.
 */
export async function lookAtPane(
  ctx: HostCtx,
  subject: PaneSubject,
  known: { status_age_seconds: number | null; busy_wait_seconds: number; recent_event_count: number },
): Promise<PaneLook> {
  const { status_age_seconds } = known;
  const blank: PaneSignal = {
    captured: false,
    classifier: null,
    notable_pattern: null,
    degraded: false,
    reason: "the session has no terminal",
    status_age_seconds,
    error_code: null,
    attention: "none",
    pane_title: null,
  };
  if (subject.tmux_session === null) return { signal: blank, classification: null };
  try {
    const { tmux_session: session, tmux_pane_id: pane_id, tmux_socket: socket_path } = subject;
    const target = { session, pane_id, socket_path };
    const screen = await ctx.host.tmux.screen(target, PANE_LINES);
    const classification = ctx.agents.of(subject.agent_kind).pane.classify({ ...screen, ...known });
    const { classifier, attention } = classification;
    return {
      classification,
      signal: {
        ...blank,
        captured: true,
        classifier,
        notable_pattern: classifier?.pattern ?? null,
        reason: classifier?.reason ?? "the pane was captured and shows nothing notable",
        attention,
        pane_title: screen.title,
      },
    };
  } catch (error) {
    const { code, message } = asConveyorError(error);
    const missing = code === "tmux_no_server" || code === "tmux_session_missing";
    return {
      classification: null,
      signal: {
        ...blank,
        degraded: true,
        notable_pattern: missing ? "tmux_session_missing" : "pane_signal_error",
        reason: message,
        error_code: code,
      },
    };
  }
}
