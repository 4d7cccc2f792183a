/** What comes one by one, such as results, and who waits for a number of them. */
export class Arrivals<One> {
  readonly all: One[] = [];
  readonly #waiting = new Set<() => void>();

  /** Take one in; bound, so that it can be handed on as a listener. */
  readonly put = (one: One): void => {
    this.all.push(one);
    for (const look of this.#waiting) look();
  };

  /** Resolves when so many have come. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.all.length < count) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}
