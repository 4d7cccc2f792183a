import { type FSWatcher, watch } from "node:fs";
import { dirname, join } from "node:path";
import type { Tree } from "./entries.ts";

/** Folders that are watched at most; a larger tree is looked at from time to time instead. */
const MOST_FOLDERS = 5_000;

/**
 * Hears when something happens in the folders of a tree. It only says that it is time to look: what happened is for the next
 * hash to tell. Where the system cannot watch so many folders it hears nothing, and says so.
 */
export class TreeWatch {
  readonly #onEvent: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #isDeaf = false;

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Whether changes are heard; otherwise somebody has to look by the clock. */
  get hears(): boolean {
    return !this.#isDeaf && this.#watchers.size > 0;
  }

  /** Watch the folders that this tree has, and no others. */
  follow({ root, entries }: Pick<Tree, "entries" | "root">): void {
    if (this.#isDeaf) return;
    const folders = new Set([root]);
    for (const { path } of entries) {
      for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
        const whole = join(root, folder);
        if (folders.has(whole)) break;
        folders.add(whole);
      }
      if (folders.size > MOST_FOLDERS) {
        this.#goDeaf();
        return;
      }
    }
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (!this.#watchers.has(folder) && !this.#isDeaf) this.#watch(folder);
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#onEvent());
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
        this.#onEvent();
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      // A folder that went away meanwhile is no reason to stop; a system that has no watches left is.
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOSPC" || code === "EMFILE") this.#goDeaf();
      else if (code === "ENOENT") this.#onEvent();
    }
  }

  #goDeaf(): void {
    this.#isDeaf = true;
    this.close();
  }
}
