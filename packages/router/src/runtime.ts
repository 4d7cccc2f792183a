import { dirname } from "node:path";
import { createHost, type Host, type Settings, Store } from "@conveyor/core";
import type { LedgerProvider, RequestContext } from "./trpc.ts";

export interface RuntimeOptions {
  /** Absolute path of the ledger file. */
  ledger_path: string;
  codex_home: string;
  program: string;
  /** Program and leading arguments that run this installation again. Default: not known. */
  self?: readonly string[] | undefined;
  /** Environment that the machine is seen through. Default: the one of this process. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Settings of a caller that differ from those of the process that serves it. */
export type CallerSettings = Partial<Pick<Settings, "codex_home" | "program">>;

/**
 * What a process that serves the router holds: this machine, one ledger, and a context for every call. The ledger is
 * opened when the first operation needs it, and a read never makes one.
 */
export class Runtime {
  readonly host: Host;
  readonly settings: Settings;
  readonly #ledger: LazyLedger;

  constructor(options: RuntimeOptions) {
    const { ledger_path, codex_home, program, self = [], env } = options;
    this.host = createHost({ env });
    this.settings = { ledger_path, state_root: dirname(ledger_path), codex_home, program, self };
    this.#ledger = new LazyLedger(ledger_path, this.host);
  }

  get ledger(): LedgerProvider {
    return this.#ledger;
  }

  /** The context of one call, or of the calls of one connection. */
  context(signal: AbortSignal, caller: CallerSettings = {}, flow?: RequestContext["flow"]): RequestContext {
    return { host: this.host, settings: { ...this.settings, ...caller }, signal, ledger: this.#ledger, flow };
  }

  /** Wait for what the ledger is doing, then let go of it. */
  async close(): Promise<void> {
    await this.#ledger.close();
  }
}

class LazyLedger implements LedgerProvider {
  readonly #path: string;
  readonly #host: Host;
  #store: Store | undefined;

  constructor(path: string, host: Host) {
    this.#path = path;
    this.#host = host;
  }

  open(use: "read" | "write"): Store {
    this.#store ??= Store.open({ path: this.#path, create: use === "write", clock: this.#host.clock });
    return this.#store;
  }

  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    await store?.close();
  }
}
