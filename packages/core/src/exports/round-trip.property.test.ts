import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { directory } from "@conveyor/contracts/directory";
import { Store } from "@conveyor/store";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { replay } from "../audit/replay.ts";
import { submit } from "../continuations/submit.ts";
import { handoff } from "../contract/handoff.ts";
import { add as addCriterion } from "../criteria/add.ts";
import type { Ctx } from "../ctx.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { run as runDispatch } from "../dispatch/run.ts";
import { takeManager, takeWorker } from "../inbox/take.ts";
import { cycle } from "../observation/cycle.ts";
import { withoutContent } from "../shared/hidden-content.ts";
import { createWorld, type World } from "../testing/world.ts";
import { exportTask } from "./export-task.ts";
import { importExport } from "./import-export.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.close());

const POLL = { wait: false, timeout: 0, interval: 2, limit: 10 };

/** What can happen to a task; each takes the words that were made up for it. */
const STEPS: Readonly<Record<string, (task: string, words: string, at: number) => Promise<unknown>>> = {
  nudge: (task, message) => enqueueNudgeWorker(world.ctx, { task, message, max_attempts: 3 }),
  report: (task, message) => enqueueNotifyManager(world.ctx, { task, message, max_attempts: 3 }),
  dispatch: () =>
    runDispatch(world.ctx, { limit: 10, dispatcher_id: "d", lease_seconds: 60, dry_run: false, no_ingest: true }),
  read: (task) => takeWorker(world.ctx, { task, ...POLL }),
  hear: (task) => takeManager(world.ctx, { task, ...POLL }),
  look: (task) => cycle(world.ctx, { task, busy_wait_seconds: 90 }),
  decide: (task, reason) => recordDecision(world.ctx, { task, decision: "wait", reason }),
  promise: (task, words, at) => {
    const call = { task, criterion: `${at} ${words}`, source: "user_requested", status: "accepted" };
    return addCriterion(world.ctx, operations.criteria.add.input.parse(call));
  },
  propose: (task, words, at) => {
    const call = { task, proposer: "worker", payload: { next: words }, correlation_id: `turn-${at}` };
    return submit(world.ctx, operations.continuations.submit.input.parse(call));
  },
  hand_over: (task, summary) =>
    handoff(world.ctx, operations.contract.handoff.input.parse({ task, summary, next_steps: [] })),
  measure: async (task, words) => {
    const { id: task_id } = await world.store.read((tx) => tx.db.tasks.findFirstOrThrow({ where: { name: task } }));
    await world.anyTelemetry({ task_id, summary: words, attributes: { [words]: words } });
  },
};

/** Words as somebody might write them: quotes, line breaks, other scripts, what looks like JSON or like a secret. */
const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }).map((text) => `a${text.replace(/[\p{C}\p{Z}]/gu, " ")}`),
  fc.constantFrom('he said "no"', "two\nlines", '{"message": 1}', "\\u0000 \\n", "'); DROP TABLE tasks", "</script>"),
);
const history = fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), words), { minLength: 4, maxLength: 14 });

async function told(ctx: Ctx, input: Record<string, unknown>): Promise<unknown> {
  const parsed = operations.audit.replay.input.parse(input);
  return withoutContent(directory["audit.replay"].content, parsed, await replay(ctx, parsed));
}

it("a bundle of any history, put into an empty ledger, tells the same", async () => {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(history, fc.boolean(), async (steps, zip) => {
      made += 1;
      const task = `history-${made}`;
      await world.pair({ task });
      for (const [at, [step, text]] of steps.entries()) {
        // What the rules of the product refuse did not happen; what came before it did.
        await STEPS[step]?.(task, text, at).catch((error: { code?: unknown }) =>
          expect(error.code).toEqual(expect.any(String)),
        );
      }
      const folder = join(world.root, `bundle-${made}`);
      const input = operations.exports.exportTask.input.parse({ task, folder, zip });
      const { archive, export_dir } = await exportTask(world.ctx, input);
      const path = join(world.root, `other-${made}`, "workerctl.db");
      const store = Store.open({ path, create: true, clock: world.host.clock, host_id: () => world.host.host_id });
      try {
        const other = { ...world.ctx, store };
        await importExport(other, { bundle: archive ?? export_dir, check: false });
        for (const asked of [
          {},
          { spans: true },
          { format: "compact" },
          { role: "worker" },
          { role: "manager", limit: 3 },
        ]) {
          expect(await told(other, { task, ...asked })).toEqual(await told(world.ctx, { task, ...asked }));
        }
      } finally {
        await store.close();
      }
    }),
    { numRuns: 8 },
  );
});
