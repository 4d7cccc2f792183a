import { dirname } from "node:path";
import { type Agents, createAgents, createHost, type Host, LedgerGuard, type Settings, Store } from "@conveyor/core";
import { DURABLE, isDurabilityAsked } from "./durability.ts";
import type { LedgerProvider, RequestContext } from "./trpc.ts";

/** Set by the tests of this project: every answer and refusal is held to its contract, and one that it does not describe is an error. */
const CHECKS_ANSWERS = "CONVEYOR_CHECK_ANSWERS";

export interface RuntimeOptions {
  /** Absolute path of the ledger file. */
  ledger_path: string;
  /** Where the caller's Codex is at home. */
  codex_home: string;
  program: string;
  /** The thread of the agent on whose behalf this process works; left out where a person does. */
  thread_id?: string | undefined;
  /** Program and leading arguments that run this installation again. Default: not known. */
  self?: readonly string[] | undefined;
  /** Environment that the machine is seen through. Default: the one of this process. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Whether all callers are this process itself, so that input need not be judged as a stranger's. Default: no. */
  own_process?: boolean | undefined;
  /** Longest answer that callers can be sent, in bytes. Default: no bound. */
  most_answer_bytes?: number | undefined;
  /** Acknowledge writes only when they are on the disk. Default: what `CONVEYOR_DURABLE` in `env` says, else not. */
  durable?: boolean | undefined;
  /**
   * When the open ledger was deleted, moved or replaced: open what stands there now with the next call, or refuse every
   * call with `ledger_replaced`, as a server does, which ends then. Default: open again.
   */
  when_ledger_is_lost?: "open_again" | "refuse" | undefined;
  /** Hears of every call that has ended. Default: nobody does. */
  onCall?: RequestContext["onCall"];
}

/** Settings of a caller that differ from those of the process that serves it. */
export interface CallerSettings extends Partial<Pick<Settings, "program" | "caller_thread_id">> {
  codex_home?: string | undefined;
}

/**
 * What a process that serves the router holds: this machine, one ledger, and a context for every call. The ledger is
 * opened when the first operation needs it, and a read never makes one.
 */
export class Runtime {
  readonly host: Host;
  readonly agents: Agents;
  readonly settings: Settings;
  readonly #ledger: LazyLedger;
  readonly #mostAnswerBytes: number | undefined;
  readonly #checks: Pick<RequestContext, "own_process" | "checks_answers" | "onCall">;

  constructor(options: RuntimeOptions) {
    const { ledger_path, codex_home, program, self = [], when_ledger_is_lost = "open_again" } = options;
    const given = options.env ?? process.env;
    const durable = options.durable ?? isDurabilityAsked(given);
    // Processes that are started from here, such as a dispatcher, are to keep what this one promises.
    const env = durable ? { ...given, [DURABLE]: "1" } : given;
    const guard = new LedgerGuard({ ledger_path, host_id: () => this.host.host_id, env });
    this.host = createHost({ env, mayAct: () => guard.assertOwn() });
    const caller_thread_id = options.thread_id;
    const state_root = dirname(ledger_path);
    this.agents = createAgents({ homes: { codex: codex_home } });
    this.settings = { ledger_path, state_root, program, self, durable, caller_thread_id };
    this.#mostAnswerBytes = options.most_answer_bytes;
    this.#checks = {
      own_process: options.own_process,
      checks_answers: Boolean(given[CHECKS_ANSWERS]),
      onCall: options.onCall,
    };
    this.#ledger = new LazyLedger(this.settings, this.host, when_ledger_is_lost);
  }

  get ledger(): LedgerProvider {
    return this.#ledger;
  }

  /** The context of one call, or of the calls of one connection. */
  context(signal: AbortSignal, caller: CallerSettings = {}, flow?: RequestContext["flow"]): RequestContext {
    const { codex_home, ...settings } = caller;
    return {
      host: this.host,
      agents: codex_home === undefined ? this.agents : createAgents({ homes: { codex: codex_home } }),
      settings: { ...this.settings, ...settings },
      signal,
      ledger: this.#ledger,
      flow,
      most_answer_bytes: this.#mostAnswerBytes,
      ...this.#checks,
    };
  }

  /** Wait for what the ledger is doing, then let go of it. */
  async close(): Promise<void> {
    await this.#ledger.close();
  }
}

class LazyLedger implements LedgerProvider {
  readonly #settings: Settings;
  readonly #host: Host;
  readonly #whenLost: "open_again" | "refuse";
  #store: Store | undefined;

  constructor(settings: Settings, host: Host, whenLost: "open_again" | "refuse") {
    this.#settings = settings;
    this.#host = host;
    this.#whenLost = whenLost;
  }

  open(use: Parameters<LedgerProvider["open"]>[0]): Store {
    if (this.#whenLost === "open_again") this.#letGoOfLost();
    this.#store ??= Store.open({
      path: this.#settings.ledger_path,
      create: use === "create",
      durable: this.#settings.durable,
      clock: this.#host.clock,
      host_id: () => this.#host.host_id,
    });
    return this.#store;
  }

  /** Somebody moved or replaced the ledger between two calls: go on with what stands there now. One without its log refuses. */
  #letGoOfLost(): void {
    const found = this.#store?.whereabouts();
    if (found !== "gone" && found !== "replaced") return;
    void this.#store?.close().catch(() => {});
    this.#store = undefined;
  }

  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    await store?.close();
  }
}
