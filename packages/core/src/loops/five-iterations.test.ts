import { operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enqueueContinueIteration } from "../dispatch/enqueue-continue-iteration.ts";
import { pass, rowsOf } from "../dispatch/testing/scenes.ts";
import { takeManager, takeWorker } from "../inbox/take.ts";
import { resolveTask } from "../shared/references.ts";
import { createWorld, type World } from "../testing/world.ts";
import { createFromTemplate } from "./list-templates.ts";
import { recordReceipt } from "./record-receipt.ts";
import { status as loopStatus } from "./status.ts";
import { LOOP_TEMPLATE_TABLE } from "./templates.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.close());

/** What a manager would tell of each kind of evidence. */
const FACTS: Readonly<Record<string, Record<string, unknown>>> = {
  adversarial_check: { failure_mode: "it only seems to work", check: "broke it on purpose", result: "it was noticed" },
  branch_ready: { branch: "work", commit_sha: "abc" },
  branch_pushed: { branch: "work", remote: "origin" },
  pr_url: { url: "https://example.org/1" },
  ci_green: { command: "checks", status: "green" },
  mergeability_clean: { conflicts: false, mergeable_state: "clean" },
  manager_merge_decision: { decision: "merge_ready", manager_verified: true },
  merge: { merge_sha: "def" },
  post_merge_verification: { command: "checks", status: "pass" },
};
const LAST = 5;

/** A manager and a worker that do what they are told, without terminals. */
class Pair {
  readonly task: string;
  readonly run: string;

  constructor(task: string, run: string) {
    this.task = task;
    this.run = run;
  }

  record(types: readonly string[], iteration: number, outcome = "pass") {
    return world.store.write(async (tx) => {
      const task = resolveTask(tx, this.task);
      for (const evidence_type of types) {
        const told = { evidence_type, iteration, status: outcome, metadata: FACTS[evidence_type] ?? {} };
        await recordReceipt(tx, task, { ...told, loop_run: this.run, source: "manager_inferred" });
      }
    });
  }

  /** Ask for an iteration and let Dispatch decide. */
  async ask(requested_iteration: number) {
    const call = { task: this.task, loop_run: this.run, requested_iteration, message: `begin ${requested_iteration}` };
    await enqueueContinueIteration(world.ctx, operations.dispatch.enqueueContinueIteration.input.parse(call));
    return (await pass(world.ctx)).processed[0];
  }

  takeAsWorker() {
    return takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task: this.task }));
  }

  takeAsManager() {
    return takeManager(world.ctx, operations.inbox.takeManager.input.parse({ task: this.task }));
  }

  status() {
    return loopStatus(world.ctx, operations.loops.status.input.parse({ task: this.task, run: this.run }));
  }
}

describe("a loop through five iterations", () => {
  it.each(LOOP_TEMPLATE_TABLE.map((template) => [template.name, template] as const))(
    "by %s",
    async (name, template) => {
      const { task } = await world.pair({ task: name.replaceAll("_", "-") });
      const make = { task: task.name, template: name, name: `${name}-run`, max_iterations: LAST, current_iteration: 1 };
      const { id } = await createFromTemplate(world.ctx, operations.loops.createFromTemplate.input.parse(make));
      const pair = new Pair(task.name, id);
      const required = [...template.required_before_continue];
      const reason = required.length > 1 ? "missing_required_evidence" : `missing_${required[0]}_evidence`;

      for (let iteration = 1; iteration < LAST; iteration += 1) {
        const next = iteration + 1;
        // Nothing is there, then one kind was rejected, then a skipped iteration, then all is there.
        if (iteration === 1) {
          expect(await pair.ask(next)).toMatchObject({
            state: "blocked",
            reason,
            missing_evidence: required,
            delivered: false,
          });
          const { consumed } = await pair.takeAsManager();
          expect(consumed).toMatchObject({
            signal_type: "continuation_blocked",
            payload: { missing_evidence: required },
          });
          await pair.record(required, iteration);
          const last = required.at(-1) as string;
          await pair.record([last], iteration, "failed");
          expect(await pair.ask(next)).toMatchObject({
            state: "blocked",
            reason: `missing_${last}_evidence`,
            missing_evidence: [last],
          });
          expect((await pair.status()).next_action).toMatchObject({ code: "fix_evidence" });
          await pair.record(required, next);
          expect(await pair.ask(next + 1)).toMatchObject({ state: "blocked", reason: "non_sequential_iteration" });
          expect((await pair.takeAsWorker()).consumed).toBeNull();
        }
        await pair.record(required, iteration);
        expect((await pair.status()).gate).toMatchObject({ can_continue: true, satisfied_evidence: required });
        expect(await pair.ask(next)).toMatchObject({ state: "pull_required", missing_evidence: [] });
        expect((await pair.takeAsWorker()).consumed).toMatchObject({
          payload: {
            message: `begin ${next}`,
            ralph_loop: { requested_iteration: next, template: name, cleanup_policy: template.cleanup_policy },
          },
        });
      }

      await pair.record(required, LAST);
      expect(await pair.ask(LAST + 1)).toMatchObject({
        state: "blocked",
        reason: "max_iterations_reached",
        missing_evidence: [],
      });
      const ended = await pair.status();
      expect(ended).toMatchObject({
        loop_state: "exhausted",
        policy: { current_iteration: LAST },
        next_action: { code: "close_loop" },
        commands: { states: { blocked: 4, succeeded: LAST - 1 } },
        evidence: { total: required.length * LAST },
        failures: { alerts: 0 },
      });
      const toWorker = `SELECT count(*) AS n FROM routed_notifications WHERE task_id = '${task.id}' AND command_id IS NOT NULL`;
      expect(await rowsOf(world, toWorker)).toEqual([{ n: LAST - 1 }]);
    },
  );
});
