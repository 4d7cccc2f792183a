import { existsSync, watch } from "node:fs";

/** Wakes those who wait for a change in a folder. */
export class FolderChange {
  readonly #watcher: ReturnType<typeof watch> | null;
  #wake = () => {};

  constructor(folder: string) {
    this.#watcher = existsSync(folder) ? watch(folder, () => this.#wake()) : null;
    // A watched folder that is removed reports an error; the next look finds that out anyway.
    this.#watcher?.on("error", () => this.#wake());
  }

  /** The next change after this call; at most `limit_ms` away. Never throws. */
  next(limit_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, limit_ms);
      signal.addEventListener("abort", done, { once: true });
      this.#wake = done;
    });
  }

  close(): void {
    this.#watcher?.close();
    this.#wake();
  }
}
