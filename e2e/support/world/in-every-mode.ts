import { afterAll, describe, expect, it } from "vitest";
import type { Entry } from "./transcript.ts";
import { MODES, type Mode, type World, type WorldOptions, withWorld } from "./world.ts";

const LIMIT_MS = 120_000;

/**
 * One test in each of the three modes, with the same assertions, and a fourth that every command printed the same in all
 * of them apart from ids and times.
 */
export function inEveryMode(name: string, test: (world: World) => Promise<void>, options: WorldOptions = {}): void {
  describe(name, () => {
    const transcripts = new Map<Mode, Entry[]>();
    for (const mode of MODES) {
      it.concurrent(`${mode}`, { timeout: LIMIT_MS }, async () => {
        await withWorld({ ...options, mode }, async (world) => {
          await test(world);
          transcripts.set(mode, world.transcript.entries);
        });
      });
    }
    it("prints the same in every mode", () => {
      const [first, ...others] = MODES;
      expect(transcripts.get(first)?.length).toBeGreaterThan(0);
      for (const mode of others)
        expect(transcripts.get(mode), `${mode} beside ${first}`).toEqual(transcripts.get(first));
    });
    afterAll(() => transcripts.clear());
  });
}
