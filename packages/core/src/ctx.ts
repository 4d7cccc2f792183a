import type { Agents, Host } from "@conveyor/host";
import type { Store } from "@conveyor/store";

/** What a state root and its caller fix for the time of a call. */
export interface Settings {
  /** Absolute path of the ledger file. */
  ledger_path: string;
  /** Absolute path of the state root folder. */
  state_root: string;
  /** How commands inside output begin: `conveyor`, or with a PATH prefix when that is not what PATH finds (spec 01 §4.8). */
  program: string;
  /** The thread of the agent that asks, whose words are not a person's; absent where a person asks. */
  caller_thread_id?: string | undefined;
  /** Program and leading arguments that run this very installation again; empty when that is not known. */
  self: readonly string[];
  /** Whether this process acknowledges what it writes only when that is on the disk; see `StoreOptions` of the store. */
  durable: boolean;
}

/** What a core function may use when it needs no ledger. */
export interface HostCtx {
  host: Host;
  /** The kinds of agent that there are, with the homes of the caller. */
  agents: Agents;
  settings: Settings;
  /** Aborts when the caller goes away or interrupts. */
  signal: AbortSignal;
  /** Takes what a long operation has done so far; absent where the caller cannot be told before the end. */
  onProgress?: ((item: unknown) => void) | undefined;
  /** Longest answer that the caller can be sent, in bytes; absent where nothing bounds it. */
  most_answer_bytes?: number | undefined;
}

/** What a core function may use. Time, ids and the machine come from `host`, so that tests can fix them. */
export interface Ctx extends HostCtx {
  store: Store;
}

/** What a core function may use that looks into a ledger only where there is one. */
export interface MaybeLedger extends HostCtx {
  store?: Store;
}
