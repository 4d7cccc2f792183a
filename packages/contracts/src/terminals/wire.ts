import type { CONTROL_ENDS } from "../events/terminals.ts";

/**
 * What goes over the WebSocket of one terminal beside its bytes (spec 06 §6.6.4). Output travels in binary frames, so
 * that nothing a program prints can pass for a note; a text frame from the client that is none of these is typed.
 */

/** Why a person does not type in a terminal any more. */
export type ControlEnd = (typeof CONTROL_ENDS)[number];

interface Control {
  marker: "dashboard-terminal-control";
}

/** What the page asks of its terminal. */
export type TerminalRequest = Control &
  (
    | { type: "resize"; cols: number; rows: number }
    /** Let me type; with `force` also when another window of this server types. */
    | { type: "take"; force: boolean }
    | { type: "give_back" }
    /** Send up to so many earlier lines. */
    | { type: "history"; lines: number }
    /** So many bytes of output have been drawn since the last time. */
    | { type: "ack"; bytes: number }
  );

interface Note {
  marker: "dashboard-terminal-note";
}

/** What the server says of a terminal. */
export type TerminalNote = Note &
  (
    | { type: "attached"; session: string; tmux_session: string }
    /** Nothing is shown, or what was asked for was not done. */
    | { type: "refused"; asked: "attach" | "take" | "history"; code: string; message: string; hint: string | null }
    /** Whether this window types; why it does not any more. */
    | { type: "control"; held: boolean; reason: ControlEnd | null }
    | { type: "history"; text: string }
    | { type: "ended" }
  );
