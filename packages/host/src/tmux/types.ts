import type { Clock } from "../clock.ts";
import type { Env } from "../environment.ts";

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
}

/** A tmux session by its exact name and, when one was recorded, the pane in it. Without a pane: the session's active one. */
export interface PaneTarget {
  session: string;
  /** `%N` */
  pane_id?: string | null | undefined;
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

export interface PushRequest extends PasteOptions {
  target: PaneTarget;
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
  /** Whether the screen, or something else that the caller knows, proves that the program took the text. */
  confirm?: ((screen: PaneScreen) => boolean | Promise<boolean>) | undefined;
  /** How many lines of scrollback the callbacks see above the visible screen, default 50. */
  screen_lines?: number | undefined;
  /** Honoured before the paste and while waiting for confirmation, never between paste and Enter. */
  signal?: AbortSignal | undefined;
}

export interface PushResult {
  /** The pane that got the text. */
  target: string;
  submission: "confirmed" | "unconfirmed";
  side_effect_started: true;
  side_effect_completed: true;
  pane_pattern_before: string | null;
}

/**
 * One tmux server. Targets are always exact: a session that is gone is never replaced by one whose name begins alike.
 *
 * Every call may throw `tool_missing`, `host_denied` and `tmux_timeout`; calls that need a pane also `tmux_no_server`,
 * `tmux_session_missing` and `tmux_pane_missing`; whatever else tmux refuses is `side_effect_failed` (spec 02 §6).
 */
export interface Tmux {
  /** For instance `3.3a`. */
  version(): Promise<string>;
  /** Whether a session of exactly this name runs. No server means no. */
  sessionExists(name: string): Promise<boolean>;
  /** All panes of all sessions; none when no server runs. */
  listPanes(): Promise<Pane[]>;
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
  /** The session this process runs in; null outside tmux or when it runs in a server other than this one. */
  currentSession(): Promise<{ session: string; pane_id: string } | null>;
  /**
   * Start a detached session, without the variables a package manager left behind. Throws `conflict` when the name is
   * taken, `invalid_input`, `tool_missing`. A program that ends at once takes its session with it: look again.
   */
  start(request: StartSessionRequest): Promise<StartedPane>;
  /** End a session and what runs in it. Throws `tmux_no_server` or `tmux_session_missing` when there is nothing to end. */
  kill(session: string): Promise<void>;
  /** Press one key, leaving copy mode first. Throws `invalid_input` unless tmux knows the key by this name. */
  sendKey(target: PaneTarget, key: string): Promise<void>;
  /** Press Enter, leaving copy mode first. */
  submit(target: PaneTarget): Promise<void>;
  /**
   * Paste text and press Enter; empty text presses Enter only. Does not look at the screen first: use `pushText` where a
   * program may be asking something. An error after the buffer was loaded has `details.side_effect_started: true`.
   */
  pasteText(target: PaneTarget, text: string, options?: PasteOptions): Promise<void>;
  /**
   * Look, paste, press Enter, wait up to 2 s for proof (with one more Enter). Throws `pane_not_ready` with
   * `details.pattern` when the pane is not ready. After the buffer was loaded an error carries
   * `details.side_effect_started: true`, and the text may stand in the composer.
   */
  pushText(request: PushRequest): Promise<PushResult>;
}
