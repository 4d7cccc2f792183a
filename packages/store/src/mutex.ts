/** First come, first served: one holder at a time within this process. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Whether nobody holds or awaits it, so that a synchronous holder may go ahead at once. */
  get free(): boolean {
    return this.#waiting === 0;
  }

  async run<T>(fn: () => T | Promise<T>): Promise<T> {
    this.#waiting += 1;
    const before = this.#tail;
    let release!: () => void;
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await before;
      return await fn();
    } finally {
      this.#waiting -= 1;
      release();
    }
  }
}
