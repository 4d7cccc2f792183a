/**
 * One thing at a time per name, in the order of asking. Two pastes into one pane at once would stand in its composer as one
 * message; this is the queue of one process in front of the pane's own lock, which keeps processes apart.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Run `work` when everything queued before it under `name` has ended, well or not. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    const tail = mine.catch(() => undefined);
    this.#tails.set(name, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    }
  }
}
