import type { Ctx } from "../ctx.ts";
import type { LiveItem } from "../shared/live.ts";

/** Reads a live stream item by item as a subscriber would, and goes away when told to. */
export class Reader<Data> {
  readonly #controller = new AbortController();
  readonly #items: AsyncGenerator<LiveItem<Data>>;

  constructor(ctx: Ctx, open: (ctx: Ctx) => AsyncGenerator<LiveItem<Data>>) {
    this.#items = open({ ...ctx, signal: this.#controller.signal });
  }

  /** The next item, whenever it comes. Throws when the stream has ended. */
  async next(): Promise<LiveItem<Data>> {
    const { done, value } = await this.#items.next();
    if (done) throw new Error("the stream has ended");
    return value;
  }

  /** The data of the next items. */
  async take(count: number): Promise<Data[]> {
    const taken: Data[] = [];
    while (taken.length < count) taken.push((await this.next()).data);
    return taken;
  }

  /** Go away; resolves when the stream has ended, with what it still handed over. */
  async leave(): Promise<Data[]> {
    this.#controller.abort();
    const rest: Data[] = [];
    for await (const { data } of this.#items) rest.push(data);
    return rest;
  }
}
