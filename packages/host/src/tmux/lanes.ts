/**
 * One thing at a time per name. Two pastes into one pane at once would stand in its composer as one message, so
 * everything that types into a session waits for its turn. Other processes are kept apart by their leases, not here.
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
