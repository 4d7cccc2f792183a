import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type Handle, prepared } from "./connection.ts";

/** Longest time between two looks at the change counter while somebody waits and the file system tells us of writes. */
const WATCHED_POLL_MS = 200;
/** The same where files cannot be watched. */
const UNWATCHED_POLL_MS = 10;
/** How long the log is watched on when nobody waits any more: most come back at once, and beginning anew costs more. */
const LINGER_MS = 1000;

export type WaitOutcome = "changed" | "timeout" | "aborted";

/**
 * Wakes everybody who waits as soon as any process commits to the ledger. Commits of this process are announced
 * directly; those of others are seen as a change of `PRAGMA data_version`, looked at when the write-ahead log grows and
 * otherwise at a slow beat. Costs nothing while nobody waits.
 */
export class ChangeSignal {
  readonly #handle: Handle;
  readonly #path: string;
  readonly #waiters = new Set<() => void>();
  #version = 0;
  #dataVersion: number;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(handle: Handle, path: string) {
    this.#handle = handle;
    this.#path = path;
    this.#dataVersion = this.#readDataVersion();
  }

  /** Rises with every commit by anybody that this process has noticed. Take it before looking, then wait for more. */
  get version(): number {
    this.#look();
    return this.#version;
  }

  /** Announce a commit of this process. */
  announce(): void {
    this.#version += 1;
    this.#wake();
  }

  /**
   * Resolve as soon as the version is above `since`, after `timeout_ms` at the latest, or when the signal aborts.
   * Never throws.
   */
  wait(since: number, options: { timeout_ms: number; signal?: AbortSignal | undefined }): Promise<WaitOutcome> {
    const { timeout_ms, signal } = options;
    if (signal?.aborted || this.#closed) return Promise.resolve("aborted");
    if (this.version > since) return Promise.resolve("changed");
    if (timeout_ms <= 0) return Promise.resolve("timeout");
    return new Promise((resolve) => {
      const finish = (outcome: WaitOutcome) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#waiters.delete(onChange);
        if (this.#waiters.size === 0) this.#linger();
        resolve(outcome);
      };
      const onChange = () => finish(this.#closed ? "aborted" : "changed");
      const onAbort = () => finish("aborted");
      const timer = setTimeout(() => finish("timeout"), Math.min(timeout_ms, 2 ** 31 - 1));
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(onChange);
      this.#attend();
    });
  }

  close(): void {
    this.#closed = true;
    this.#wake();
    this.#rest();
  }

  #readDataVersion(): number {
    return (prepared(this.#handle, "PRAGMA data_version").get() as { data_version: number }).data_version;
  }

  #look(): void {
    if (this.#closed) return;
    const seen = this.#readDataVersion();
    if (seen === this.#dataVersion) return;
    this.#dataVersion = seen;
    this.announce();
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  #attend(): void {
    clearTimeout(this.#lingering);
    if (this.#timer !== undefined) return;
    this.#watcher = this.#watchLog();
    this.#timer = setInterval(() => this.#look(), this.#watcher === undefined ? UNWATCHED_POLL_MS : WATCHED_POLL_MS);
    // Whoever waits keeps the process alive with a timer of its own.
    this.#timer.unref();
  }

  #linger(): void {
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => this.#rest(), LINGER_MS).unref();
  }

  #rest(): void {
    clearTimeout(this.#lingering);
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #watchLog(): FSWatcher | undefined {
    try {
      const log = `${basename(this.#path)}-wal`;
      const watcher = watch(dirname(this.#path), { persistent: false }, (_event, file) => {
        if (file === log) this.#look();
      });
      watcher.on("error", () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }
}
