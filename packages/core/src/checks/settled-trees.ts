import { setTimeout as sleep } from "node:timers/promises";
import { type Tree, TreeWatch } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { presentTree } from "./subject.ts";

/** How often a tree is looked at that cannot be watched, and one that can, in case an event was lost, in milliseconds. */
const LOOK_MS = { deaf: 5_000, hearing: 60_000 };

export interface Pace {
  /** Nothing may happen for so long before the files are looked at, in milliseconds. */
  settle_ms: number;
}

/**
 * The files around a folder now, and again each time that they have changed and settled; ends when the caller goes away. Files
 * that keep changing while they are hashed are looked at again. Throws what reading them throws otherwise.
 */
export async function* settledTrees(
  ctx: Pick<Ctx, "host" | "settings" | "signal">,
  folder: string,
  { settle_ms }: Pace,
): AsyncGenerator<Tree> {
  let ring = () => {};
  let events = 0;
  const watch = new TreeWatch(() => {
    events += 1;
    ring();
  });
  let last: string | undefined;
  try {
    while (!ctx.signal.aborted) {
      const seen = events;
      const tree = await presentTree(ctx, folder, true).catch((thrown: { details?: { reason?: string } }) => {
        if (thrown.details?.reason !== "subject_unsettled") throw thrown;
        return null;
      });
      if (tree !== null) watch.follow(tree);
      if (tree !== null && tree.tree !== last) {
        last = tree.tree;
        yield tree;
      }
      if (events === seen) {
        await quietly(
          Promise.race([
            new Promise<void>((resolve) => (ring = resolve)),
            sleep(watch.hears ? LOOK_MS.hearing : LOOK_MS.deaf, undefined, { signal: ctx.signal }),
          ]),
        );
      }
      for (let before = -1; before !== events && !ctx.signal.aborted; ) {
        before = events;
        await quietly(sleep(settle_ms, undefined, { signal: ctx.signal }));
      }
    }
  } finally {
    watch.close();
  }
}

/** An abort shows in the condition of the loop. */
async function quietly(wait: Promise<unknown>): Promise<void> {
  await wait.catch(() => {});
}
