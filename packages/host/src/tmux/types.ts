import type { Env } from "@conveyor/contracts/env";
import type { Clock } from "../clock.ts";
import type { ExpectedAgent } from "../processes/agent-proof.ts";
import type { Processes } from "../processes/index.ts";

/** Which tmux server to speak to, and how. Without socket_name and socket_path: the user's own server. */
export interface TmuxOptions {
  /** Name of a socket in tmux's own folder (`tmux -L`). */
  socket_name?: string | undefined;
  /** Path of a socket (`tmux -S`); wins over socket_name. */
  socket_path?: string | undefined;
  /** The program to run, default `tmux` from the PATH of `env`. */
  binary?: string | undefined;
  /** Configuration a server started by us reads (`tmux -f`), default the user's. */
  config_file?: string | undefined;
  /** Environment of every tmux call, default that of this process. */
  env?: Env | undefined;
  /** Limit of each tmux call, default 5 s (spec 02 §6 item 6). */
  time_limit_ms?: number | undefined;
  clock?: Clock | undefined;
  /** How the processes of panes and of other typists are seen, default those of this machine. */
  processes?: Processes | undefined;
}

/** A tmux session by its exact name and, when one was recorded, the pane in it. Without a pane: the session's active one. */
export interface PaneTarget {
  session: string;
  /** `%N` */
  pane_id?: string | null | undefined;
  /** The socket of the server that it was recorded on; without one the server that `TmuxOptions` names. */
  socket_path?: string | null | undefined;
}

/** A pane to type into, and who must be in it for that. */
export interface TypingTarget extends PaneTarget {
  agent: ExpectedAgent;
}

/** A pane as tmux describes it at this moment. */
export interface Pane {
  session: string;
  pane_id: string;
  /** The process that the pane was started with. */
  pid: number;
  title: string;
  /** Its program has ended but the pane stays visible. */
  dead: boolean;
  /** In copy mode or another mode that takes the keys away from the program. */
  in_mode: boolean;
  /** The pane that the session's keys go to. */
  active: boolean;
  /** Keys for this pane go to its neighbours too (`synchronize-panes`). */
  synchronized: boolean;
}

/** What a person would see: the text of the pane and its title. */
export interface PaneScreen {
  text: string;
  title: string;
  /** When it was captured. */
  at: Date;
}

export interface StartSessionRequest {
  session: string;
  /** An existing folder. */
  cwd: string;
  /** Program and arguments; run directly, so a shell runs only when it is the program. */
  argv: readonly string[];
  /** Set for the program on top of what the tmux server has. */
  env?: Env | undefined;
  /** Columns, default 200. */
  width?: number | undefined;
  /** Rows, default 50. */
  height?: number | undefined;
}

export interface StartedPane {
  session: string;
  pane_id: string;
  pid: number;
  /** The socket of the server that it runs on. */
  socket_path: string;
}

export interface PasteOptions {
  /**
   * Awaited when the text lies ready in tmux and nothing has reached the pane yet: record durably that the side effect
   * starts now (spec 03 §6.5 step 2). When it throws, nothing is pasted.
   */
  onBufferLoaded?: (() => void | Promise<void>) | undefined;
}

/** Whether a pane may be typed into, as a classifier of its screen says. */
export type Readiness =
  | { ok: true; pattern?: string | null | undefined }
  | { ok: false; pattern: string; reason: string };

/**
 * What is known of a text that was sent: the program has recorded it; it has left the composer and is not recorded yet;
 * nothing shows that it was taken; or nothing ever can show it, so that waiting is in vain.
 */
export type SubmissionProof = "confirmed" | "taken" | "waiting" | "unprovable";

export interface PushRequest extends PasteOptions {
  target: TypingTarget;
  /** Empty text presses Enter and nothing else. */
  text: string;
  /** Asked about the screen before anything is sent. */
  ready: (screen: PaneScreen) => Readiness;
  /** Send although `ready` says no, default false. */
  force?: boolean | undefined;
  /** Whether Enter follows the text, default "enter". With "none" the text stays in the composer. */
  submit?: "enter" | "none" | undefined;
  /**
   * Asked about the screen after the text was pasted, before Enter: a dialog that opened meanwhile would take the Enter
   * for a yes. The screen then shows the pasted text too. Default: Enter without looking again.
   */
  readyToSubmit?: ((screen: PaneScreen) => Readiness) | undefined;
  /** Awaited when text and Enter are sent, before anything is asked about them. */
  onSubmitted?: (() => void | Promise<void>) | undefined;
  /** What the screen, or something else that the caller knows, proves about the text. Default: nothing can be proved. */
  confirm?: ((screen: PaneScreen) => SubmissionProof | Promise<SubmissionProof>) | undefined;
  /** How long to wait for somebody else who types into the pane, in milliseconds, default 15 s. */
  wait_for_others_ms?: number | undefined;
  /** How many lines of scrollback the callbacks see above the visible screen, default 50. */
  screen_lines?: number | undefined;
  /** Honoured before the paste and while waiting for confirmation, never between paste and Enter. */
  signal?: AbortSignal | undefined;
}

export interface PushResult {
  /** The pane that got the text. */
  target: string;
  /** `confirmed`: the program has recorded the text; an empty composer alone is no proof (ruling 2 of spec 00). */
  submission: "confirmed" | "unconfirmed";
  side_effect_started: true;
  side_effect_completed: true;
  pane_pattern_before: string | null;
}

/** Smallest and largest width and height of a terminal in cells (spec 06 §6.6.4). */
export const TERMINAL_CELLS = { least: 2, most: 500 } as const;

/** The size of a terminal in cells. */
export interface TerminalSize {
  cols: number;
  rows: number;
}

/** A client of tmux in a terminal of its own: what a person sees who attaches, byte by byte. Ending it ends nothing else. */
export interface AttachedTerminal {
  /** What tmux draws, as it comes. */
  onOutput(listener: (bytes: Buffer) => void): void;
  /** The client has ended: because the session did, because it was moved away, or because it was closed. */
  onEnd(listener: () => void): void;
  /** Put bytes in as if they were typed. */
  write(bytes: Buffer): void;
  resize(size: TerminalSize): void;
  /** Stop reading; tmux then leaves out what this client does not take, and draws the screen anew afterwards. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** The keyboard of a pane, in a person's hands: Dispatch and every other typist waits meanwhile. */
export interface HeldKeyboard {
  /** Let go; resolves when others may type again. */
  release(): Promise<void>;
}

/**
 * One tmux server, and by their recorded sockets others. Targets are always exact: a session that is gone is never replaced
 * by one whose name begins alike, nor by one of that name on another server.
 *
 * Every call may throw `tool_missing`, `host_denied` and `tmux_timeout`; calls that need a pane also `tmux_no_server`,
 * `tmux_session_missing` and `tmux_pane_missing`; whatever else tmux refuses is `side_effect_failed` (spec 02 §6).
 *
 * Whatever types is the only typist of its pane over all processes from its first look to its last (`pane_busy` when
 * another takes too long), and types only while the expected agent has the keyboard of the pane (`agent_gone`) and no
 * neighbour would get the keys too (`pane_synchronized`). Nothing overrides these three, `force` neither.
 */
export interface Tmux {
  /** For instance `3.3a`. */
  version(): Promise<string>;
  /** The socket of the server spoken to; throws `tmux_no_server` when none runs. */
  socketPath(): Promise<string>;
  /** Whether a session of exactly this name runs. No server means no. */
  sessionExists(name: string): Promise<boolean>;
  /** All panes of all sessions of one server; none when no server runs. */
  listPanes(socket_path?: string | null): Promise<Pane[]>;
  /** The pane that `target` means, after checking that a recorded one still belongs to the session and its program runs. */
  paneOf(target: PaneTarget): Promise<Pane>;
  panePid(target: PaneTarget): Promise<number>;
  title(target: PaneTarget): Promise<string>;
  /** The visible text and up to `lines` lines of scrollback above it (at most 50,000), without trailing newlines. */
  capture(target: PaneTarget, lines: number): Promise<string>;
  /** The same with every trailing newline, for transcripts. */
  captureRaw(target: PaneTarget, lines: number): Promise<string>;
  /** Text and title of one moment. */
  screen(target: PaneTarget, lines: number): Promise<PaneScreen>;
  /** The scrollback, up to `lines` lines of it, and the screen, both with colours as escape sequences. */
  history(target: PaneTarget, lines: number): Promise<string>;
  /**
   * Look into a running session as somebody who attaches does. Throws `unsupported_platform` where the library for
   * pseudo-terminals does not load.
   */
  attach(target: PaneTarget, size: TerminalSize): Promise<AttachedTerminal>;
  /**
   * Give the keyboard of a pane into a person's hands: until it is released nobody else types there, in no process.
   * `onLost` is called when it could not be kept. Throws `pane_busy`.
   */
  holdKeyboard(target: PaneTarget, onLost: () => void): Promise<HeldKeyboard>;
  /** The session this process runs in; null outside tmux or when it runs in a server other than this one. */
  currentSession(): Promise<{ session: string; pane_id: string } | null>;
  /**
   * Start a detached session, without the variables a package manager left behind. Throws `conflict` when the name is
   * taken, `invalid_input`, `tool_missing`. A program that ends at once takes its session with it: look again.
   */
  start(request: StartSessionRequest): Promise<StartedPane>;
  /** End a session and what runs in it. Throws `tmux_no_server` or `tmux_session_missing` when there is nothing to end. */
  kill(session: string, socket_path?: string | null): Promise<void>;
  /** Check that the expected agent has the keyboard of the pane, and only this pane. Throws `agent_gone`, `pane_synchronized`. */
  prove(target: TypingTarget): Promise<Pane>;
  /** Press one key, leaving copy mode first. Throws `invalid_input` unless tmux knows the key by this name. */
  sendKey(target: TypingTarget, key: string): Promise<void>;
  /** Press Enter, leaving copy mode first. */
  submit(target: TypingTarget): Promise<void>;
  /**
   * Paste text and press Enter; empty text presses Enter only. Does not look at the screen first: use `pushText` where a
   * program may be asking something. An error after the buffer was loaded has `details.side_effect_started: true`.
   */
  pasteText(target: TypingTarget, text: string, options?: PasteOptions): Promise<void>;
  /**
   * Look, paste, press Enter, wait up to 2 s for proof (with one more Enter). Throws `composer_not_empty` when somebody's
   * draft stands in the composer and `pane_not_ready` when the pane cannot take text for another reason, both with
   * `details.pattern`. After the buffer was loaded an error carries `details.side_effect_started: true`, and the text may
   * stand in the composer.
   */
  pushText(request: PushRequest): Promise<PushResult>;
}
