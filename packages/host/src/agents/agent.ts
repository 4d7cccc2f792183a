import type { Attention } from "@conveyor/contracts/agent-status";
import type { Env } from "@conveyor/contracts/env";
import type { Clock } from "../clock.ts";
import type { Processes } from "../processes/index.ts";
import type { KnownRollout, RolloutSnapshot } from "../records/identity.ts";
import type { InputRecords } from "../records/input-search.ts";
import type { RecordMeta } from "../records/meta.ts";
import type { JsonObject, StoredRecord } from "../records/record.ts";
import type { Tmux } from "../tmux/index.ts";
import type { AttentionFact } from "../turns/attention.ts";
import type { LifecycleFact } from "../turns/facts.ts";

/** Ways to a session that exist now; protocol transports of chapter 08 join here. */
export const TRANSPORTS = ["rollout", "tmux", "pull"] as const;
export type AgentTransport = (typeof TRANSPORTS)[number];

/** How well a transport does an operation, as in the matrix of spec 08 §8.3. */
export type Capability = "yes" | "partly" | "guess" | "no";

export const CAPABILITIES = [
  "turns",
  "items",
  "waiting_on_approval",
  "deliver_when_idle",
  "interrupt",
  "human_keeps_typing",
  "sees_foreign_sessions",
] as const;
export type CapabilityName = (typeof CAPABILITIES)[number];

export type CapabilityRow = Readonly<Record<CapabilityName, Capability>>;

/** With which rights a session works. */
export interface AgentRights {
  sandbox: string;
  ask_for_approval: string;
}

/** Which rights are asked for; what is left out is the agent's own default. */
export interface RightsRequest {
  /** Passed through unchecked (spec 01 §5.4). */
  sandbox?: string | undefined;
  /** Passed through unchecked (spec 01 §5.4). */
  ask_for_approval?: string | undefined;
  /** Name of a set of rights that the agent knows. */
  profile?: string | undefined;
}

/** How a session is to be started. */
export interface StartRequest extends RightsRequest {
  /** The program and its leading arguments. */
  command: readonly string[];
  prompt?: string | undefined;
}

/** A start that Conveyor does not register: the caller's own arguments, and a prompt behind them. */
export interface PlainStartRequest {
  program: string;
  cwd: string;
  args: readonly string[];
  /** Null: none. */
  prompt: string | null;
}

/** Where and how an agent asks its own program what it can do. */
export interface ProbeOptions {
  env: Env;
  /** A folder in which answers may be kept from one start to the next. */
  state_root: string;
  signal: AbortSignal;
}

/** One thing that was looked at, and what to do where it does not hold. */
export interface Finding {
  name: string;
  ok: boolean;
  remedy: string;
  [fact: string]: unknown;
}

/** What a preflight may look at. */
export interface PreflightLook {
  /** The agent's program; null when PATH has none. */
  path: string | null;
  /** What a command prints; null when it cannot be run or fails. */
  ask: (argv: readonly string[]) => Promise<string | null>;
}

/** Whether an agent can be started on this machine. */
export interface PreflightReport {
  installed: Finding;
  /** Null for a program that is not there. */
  runs: Finding | null;
  /** What had better hold. */
  advice: Finding[];
}

/** Where an agent's home takes what Conveyor brings for it. */
export interface AgentExtensions {
  /** One folder per skill goes in here. */
  skills: string;
  /** One folder per version of the operator plugin lies in here. */
  plugin_cache: string;
  /** Files within a plugin's folder that may say its version; the first that does wins. */
  plugin_manifests: readonly string[];
}

/** How an agent is started, or resumed, in a terminal. */
export interface AgentLaunch {
  /** Name of its program, as PATH finds it. */
  program: string;
  /** What to do where there is no such program, as an imperative. */
  install: string;
  /** Program and arguments of a session with these rights and this first prompt. Throws `usage` or `invalid_input`. */
  argv: (request: StartRequest, probe: ProbeOptions) => Promise<string[]>;
  /** The rights that a start with this request has. Throws `usage`. */
  rights: (request: RightsRequest) => AgentRights;
  plainArgv: (request: PlainStartRequest) => string[];
  /** What its process must find in its environment, whatever that of the tmux server says. */
  environment: (env: Env) => Env;
  /** Look whether all is there that a start needs. Changes nothing. */
  preflight: (look: PreflightLook) => Promise<PreflightReport>;
  /** Where a home of this kind of agent takes skills and plugins. */
  extensionsIn: (home: string) => AgentExtensions;
}

/** What a pane showed. */
export interface Screen {
  /** The captured text. */
  text: string;
  /** Title of the pane, when it was asked for. */
  title?: string | null | undefined;
  /** When it was captured; what it says of times of day is compared with it. */
  at?: Date | undefined;
  /** What the agent's own record says that it waits for, where somebody has read it (spec 02 §4.4). */
  unanswered?: Attention | undefined;
  /** Version of the agent when it is known from elsewhere; the screen shows it only in its first lines. */
  cli_version?: string | null | undefined;
}

/** A screen and what is known of the session beside it. */
export interface ScreenContext extends Screen {
  /** Since the last event that said busy or idle; null when there was none. */
  status_age_seconds: number | null;
  busy_wait_seconds: number;
  /** Records that the same look at the session brought; many of them mean that it is working, not stuck. */
  recent_event_count?: number | undefined;
}

/** The finding that goes to people and managers (spec 02 §7.1). */
export interface PaneFinding {
  pattern: string;
  reason: string;
  recommended_action: string;
}

export type StartupState = "needs_trust" | "ready" | "working" | "error" | "starting";

/** What the title of the pane says by itself. */
export type TitleMeaning = "busy" | "waiting_on_human" | "idle";

export interface PaneClassification {
  classifier: PaneFinding | null;
  /** Every pattern that the screen shows, whether or not it is flagged now; most specific first. */
  patterns: string[];
  attention: Attention;
  startup: { state: StartupState; reason: string };
  /** Null without a title. */
  title: TitleMeaning | null;
}

/**
 * Whether keys may go into the pane now (spec 00, ruling 2; spec 02 §6, item 4): only where its screen is recognised, never
 * because no obstacle is.
 */
export interface PaneReadiness {
  /** Text followed by Enter. */
  text_allowed: boolean;
  /** Enter alone, without a text of ours before it. */
  enter_allowed: boolean;
  /**
   * What stands in the way of text, null exactly when it is allowed. `unsubmitted_input`: the composer holds a draft.
   * `unknown_screen`: nothing that is recognised. Else the dialog, the menu or the notice.
   */
  pattern: string | null;
  reason: string;
  /** Null when the screen does not tell. */
  composer_is_empty: boolean | null;
}

/** What an agent may ask of this machine. */
export interface AgentMachine {
  processes: Processes;
  tmux: Pick<Tmux, "listPanes">;
  clock: Clock;
}

/** A session that was just started, whose record is looked for. */
export interface StartedAgent {
  /** The process in the pane. */
  pid: number;
  cwd: string;
  /** Its prompt carries the marker with this token. */
  token: string;
  /** When it was about to be started; its thread cannot be older. */
  not_before: Date;
}

export type RecordLook = { record: RecordMeta } | { record: null; reason: string };

/** A running process whose record is looked for. */
export interface ProcessWish {
  pid: number;
  /** Given by the user; narrows several candidates, and replaces the process's own folder where folders are looked through. */
  cwd?: string | undefined;
  /** The tmux session that it is said to run in. */
  tmux_session?: string | undefined;
  /** Records that other active sessions have. */
  claimed: ReadonlySet<string>;
}

/** What the record that ended a turn says of it; `last_agent_message` is content. */
export interface TurnReceipt {
  turn_id: string | null;
  last_agent_message: string | null;
  /** In seconds since 1970. */
  completed_at: number | null;
  duration_ms: number | null;
  time_to_first_token_ms: number | null;
}

/** What a stored record means. Pure. */
export interface RecordMeaning {
  /** Whether a record can mean anything for a turn; tells from three columns, so that a store can leave the rest unread. */
  isLifecycle: (record: Pick<StoredRecord, "type" | "subtype" | "item_type">) => boolean;
  /** The one fact about a turn that it stands for, or null. */
  lifecycleFact: (record: StoredRecord) => LifecycleFact | null;
  /** Whether it can begin or end a wait for a human. */
  isAttention: (record: Pick<StoredRecord, "type" | "subtype" | "item_type">) => boolean;
  attentionFact: (record: StoredRecord) => AttentionFact | null;
  /** What the payload of a record that ended a turn says of it. */
  receipt: (payload: JsonObject) => TurnReceipt;
}

/** Where a session's own record of itself is, how it is read and what it means. */
export interface AgentRecords extends RecordMeaning, InputRecords {
  /**
   * What a file says of itself. Throws `not_found` when there is none, and `precondition_failed` when it is not such a
   * record, both with `details.kind` = `rollout` and a `details.reason`.
   */
  meta: (path: string) => RecordMeta;
  /** The one line of a record that Conveyor writes for a session which has none of its own: it says who that is. */
  placeholder: (facts: { thread_id: string; cwd: string; now: string }) => string;
  /** Whether a file that the agent's process holds open can be its record. */
  isCandidate: (path: string) => boolean;
  /** What stands on the disk for a record that was read before. Throws `rollout_unreadable`. */
  observe: (known: KnownRollout) => RolloutSnapshot;
  /** Look once for the record of a session that was just started; `taken` says which of several others have. */
  ofStart: (
    machine: AgentMachine,
    started: StartedAgent,
    taken: (paths: readonly string[]) => Promise<ReadonlySet<string>>,
  ) => Promise<RecordLook>;
  /** The record of a running process. Throws `not_found` and `ambiguous`. */
  ofProcess: (machine: AgentMachine, wish: ProcessWish) => Promise<RecordMeta>;
  /** Threads that the user has begun since then in the folder of this record, newest first. */
  begunSince: (
    machine: Pick<AgentMachine, "clock">,
    record: { path: string; cwd: string },
    since: Date,
  ) => RecordMeta[];
  /**
   * Which thread a pane with this title shows: answers for a thread whether it is that, null where nothing tells. `path`
   * is any record of the agent's home.
   */
  shownThread: (title: string | null, path: string | null) => (thread_id: string | null) => boolean | null;
}

/** How a session's pane is read. */
export interface PaneSemantics {
  classify: (screen: ScreenContext) => PaneClassification;
  readiness: (screen: Screen) => PaneReadiness;
  composerIsEmpty: (screen: Screen) => boolean | null;
  /**
   * Whether the composer is the last thing on the screen and holds this text (as `messageText` gave it) and nothing else:
   * only then may Enter follow a paste. A dialog that opened meanwhile, or a draft that somebody typed, makes it false.
   */
  composerHolds: (screen: Screen, text: string) => boolean;
  /**
   * The text as it must be put into the pane so that nothing in it acts as a command of the agent or as a key; empty only
   * for a text of nothing but control characters, which must then not be sent (spec 00, ruling 1).
   */
  messageText: (text: string) => string;
  titleMeaning: (title: string | null) => TitleMeaning | null;
  /** Whether a title names this thread; null when it names none. A name can be cut in the title. */
  titleNamesThread: (title: string | null, thread_name: string) => boolean | null;
  /** The lines of a captured text that are no live footer; always a beginning of the captured lines (spec 02 §8.11). */
  transcriptLines: (text: string) => string[];
  /** So many lines the program keeps at the top of its screen while the transcript scrolls below them. */
  pinned_lines: number;
  /** The key that ends a running turn without ending the program (spec 02 §8.16). */
  interrupt_key: string;
}

/**
 * A kind of agent: how it starts, where it is at home, where its records are and what they mean, what its pane shows and
 * how text is put to it, and what it can do. Whoever has one never asks of which kind it is. The operations of spec 08 §8.2 that need a
 * connection (deliver, approve, interrupt, ...) become further parts of this interface, null where an agent lacks them.
 */
export interface Agent {
  /** What `sessions.agent_kind` holds; also how the terminals begin that are started for it. */
  readonly kind: string;
  /** What people call it, at the beginning of a sentence. */
  readonly title: string;
  /** The folder in which it keeps its records and its configuration; null when it has none. */
  readonly home: string | null;
  /** A row per transport that this kind of agent has here, best first for observing. */
  readonly capabilities: Readonly<Partial<Record<AgentTransport, CapabilityRow>>>;
  /** Whether a process with these words is such an agent. */
  readonly isProgram: (argv: readonly string[]) => boolean;
  /** Null for a program that Conveyor cannot start by itself. */
  readonly launch: AgentLaunch | null;
  /** Null when the agent keeps no record of itself that can be read. */
  readonly records: AgentRecords | null;
  readonly pane: PaneSemantics;
}

/** An agent that Conveyor can start by itself. */
export type StartableAgent = Agent & { readonly launch: AgentLaunch };
