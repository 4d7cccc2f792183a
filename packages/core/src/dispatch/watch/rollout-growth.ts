import { type FSWatcher, watch } from "node:fs";

/** Notices that rollout files grow, as long as somebody wants to know (spec 03 §6.1, ours: no waiting for the interval). */
export class RolloutGrowth {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onGrowth: () => void;

  constructor(onGrowth: () => void) {
    this.#onGrowth = onGrowth;
  }

  /** Watch exactly these files. One that cannot be watched is looked at with every pass anyway. */
  follow(paths: Iterable<string>): void {
    const wanted = new Set(paths);
    for (const [path, watcher] of this.#watchers) {
      if (wanted.has(path)) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
    for (const path of wanted) if (!this.#watchers.has(path)) this.#watch(path);
  }

  close(): void {
    this.follow([]);
  }

  #watch(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, () => this.#onGrowth());
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(path);
      });
      this.#watchers.set(path, watcher);
    } catch {
      // The file is not there yet, or the system has no watches left.
    }
  }
}
