import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type Handle, prepared } from "./handle.ts";

/** Longest time between two looks at the change counter while somebody waits and the file system tells us of writes. */
const WATCHED_POLL_MS = 200;
/** The same where files cannot be watched, or where watching them tells nothing, as on many network file systems. */
const UNWATCHED_POLL_MS = 10;
/**
 * When to look again after the log was written, in milliseconds after the last event. The event is sent for the write,
 * which comes before the commit that makes it visible: the look that it causes itself often comes too early, and on a busy
 * machine the writer may be put aside in between.
 */
const LOOK_AGAIN_AFTER_MS = [1, 3, 6, 12, 20, 35, 60] as const;
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
  readonly #watch: typeof watch;
  readonly #waiters = new Set<() => void>();
  #version = 0;
  #dataVersion: number;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookingAgain: NodeJS.Timeout | undefined;
  /** Index of the next time to look again. */
  #stage = 0;
  #heardSinceBeat = false;
  /** Changes came and the file system told of none. */
  #isDeaf = false;
  #lingering: NodeJS.Timeout | undefined;
  #closed = false;

  /** `watchFiles` is how the file system is asked to tell of writes. */
  constructor(handle: Handle, path: string, watchFiles: typeof watch = watch) {
    this.#handle = handle;
    this.#path = path;
    this.#watch = watchFiles;
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

  /** Whether somebody else committed since the last look. */
  #look(): boolean {
    if (this.#closed) return false;
    const seen = this.#readDataVersion();
    if (seen === this.#dataVersion) return false;
    this.#dataVersion = seen;
    this.announce();
    return true;
  }

  /** The log was written: look, and a few times more until its commit must be visible. Events in a row share the looks. */
  #onWritten(): void {
    this.#heardSinceBeat = true;
    if (this.#isDeaf) {
      this.#isDeaf = false;
      this.#beat();
    }
    this.#look();
    this.#stage = 0;
    if (this.#lookingAgain === undefined) this.#lookAgain(0);
  }

  #lookAgain(after: number): void {
    const pause = (LOOK_AGAIN_AFTER_MS[this.#stage] ?? 0) - after;
    this.#lookingAgain = setTimeout(() => {
      this.#lookingAgain = undefined;
      this.#look();
      const passed = LOOK_AGAIN_AFTER_MS[this.#stage] ?? 0;
      this.#stage += 1;
      if (this.#stage < LOOK_AGAIN_AFTER_MS.length) this.#lookAgain(passed);
    }, pause).unref();
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  #attend(): void {
    clearTimeout(this.#lingering);
    if (this.#timer !== undefined) return;
    this.#watcher = this.#watchLog();
    this.#beat();
  }

  /** Look at regular intervals, whatever the file system reports; between two of them it had time to report a write. */
  #beat(): void {
    clearInterval(this.#timer);
    const isTold = this.#watcher !== undefined && !this.#isDeaf;
    this.#heardSinceBeat = false;
    this.#timer = setInterval(
      () => {
        const wasMissed = this.#look() && !this.#heardSinceBeat;
        this.#heardSinceBeat = false;
        if (!wasMissed || !isTold) return;
        this.#isDeaf = true;
        this.#beat();
      },
      isTold ? WATCHED_POLL_MS : UNWATCHED_POLL_MS,
    );
    // A waiting caller keeps the process alive with a timer of its own.
    this.#timer.unref();
  }

  #linger(): void {
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => this.#rest(), LINGER_MS).unref();
  }

  #rest(): void {
    clearTimeout(this.#lingering);
    clearTimeout(this.#lookingAgain);
    clearInterval(this.#timer);
    this.#lookingAgain = undefined;
    this.#timer = undefined;
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #watchLog(): FSWatcher | undefined {
    try {
      const log = `${basename(this.#path)}-wal`;
      const watcher = this.#watch(dirname(this.#path), { persistent: false }, (_event, file) => {
        // Some systems do not say which file it was.
        if (file === log || file === null) this.#onWritten();
      });
      watcher.on("error", () => {
        watcher.close();
        this.#watcher = undefined;
        if (this.#timer !== undefined) this.#beat();
      });
      return watcher;
    } catch {
      return undefined;
    }
  }
}
