import { commandLine, slot } from "../../shared/command-line.ts";
import { expecting } from "../stage/checks.ts";
import { assertKnowsItself, runItself } from "../stage/itself.ts";
import { askAndDispatch } from "./replay.ts";
import type { Scenario } from "./scenario.ts";

const MESSAGES = 6;
const DISPATCHERS = 3;

/** `concurrent-dispatchers`: several processes deliver at once, and nothing arrives twice. */
export const CONCURRENT_DISPATCHERS: Scenario = {
  about: "several dispatchers at once deliver every message exactly once",
  async preflight(ctx) {
    assertKnowsItself(ctx);
  },
  async play(stage) {
    const task = await stage.boundTask("concurrent-dispatchers");
    const asked: string[] = [];
    for (let at = 1; at <= MESSAGES; at += 1) {
      const correlation_id = `qa-run-concurrent-${at}`;
      await stage.askWorker(task, { correlation_id });
      asked.push(correlation_id);
    }
    const ids = Array.from({ length: DISPATCHERS }, (_, at) => `${stage.dispatcher_id}-${at + 1}`);
    const argv = (id: string) => ["dispatch", "--once", "--type", "nudge_worker", "--dispatcher-id", id, "--json"];
    const ran = await Promise.all(ids.map((id) => runItself(stage.ctx, argv(id))));
    const delivered = ran.flatMap(({ stdout }) => deliveredIn(stdout));
    const counts = await stage.counts(task);
    const command = `conveyor ${argv(`${stage.dispatcher_id}-1`).join(" ")}`;
    stage.checks.note(
      "every_message_is_delivered_by_one_of_several_dispatchers",
      { command, dispatchers: ids, returncodes: ran.map(({ returncode }) => returncode), delivered, ...counts },
      [
        expecting(
          "returncodes",
          ran.map(({ returncode }) => returncode),
          ids.map(() => 0),
        ),
        expecting("delivered", delivered.toSorted(), asked),
        expecting("routed_notifications_count", counts.routed_notifications_count, MESSAGES),
        expecting("worker_inbox_count", counts.worker_inbox_count, MESSAGES),
      ],
    );
    const again = await stage.pass("nudge_worker");
    stage.checks.note("nothing_is_left_to_deliver", { processed: again, ...(await stage.counts(task)) }, [
      expecting("processed", again, []),
      expecting("worker_inbox_count", (await stage.counts(task)).worker_inbox_count, MESSAGES),
    ]);
    const program = stage.ctx.settings;
    return {
      replay_commands: [
        commandLine(program, ["enqueue-nudge-worker", slot("task")], { message: slot("text") }),
        commandLine(program, ["dispatch"], { once: true, type: "nudge_worker", dispatcher_id: slot("id"), json: true }),
      ],
    };
  },
};

function deliveredIn(stdout: string): string[] {
  const { processed } = JSON.parse(stdout) as { processed: { state: string; correlation_id: string }[] };
  return processed.filter(({ state }) => state === "pull_required").map(({ correlation_id }) => correlation_id);
}

/** `continuation-order`: iterations are not skipped, and not given twice. */
export const CONTINUATION_ORDER: Scenario = {
  about: "no iteration is skipped, begun twice or asked for again once it has begun",
  async play(stage) {
    const task = await stage.boundTask("continuation-order", { max_iterations: 5 });
    const dispatched = async (correlation_id: string) => {
      const processed = await stage.pass("continue_iteration");
      return processed.find((own) => own["correlation_id"] === correlation_id) ?? {};
    };
    const blockedBy = async (name: string, correlation_id: string, reason: string, inbox: number) => {
      const [dispatch, counts] = [await dispatched(correlation_id), await stage.counts(task)];
      stage.checks.note(name, { correlation_id, dispatch, ...counts }, [
        expecting("dispatch.state", dispatch["state"], "blocked"),
        expecting("dispatch.reason", dispatch["reason"], reason),
        expecting("worker_inbox_count", counts.worker_inbox_count, inbox),
      ]);
    };

    await stage.askToContinue(task, "qa-run-order-gap", 3);
    await blockedBy("skipped_iteration_blocks", "qa-run-order-gap", "non_sequential_iteration", 0);
    await stage.delivered("next_iteration_delivers", task, "qa-run-order-first");
    await stage.askToContinue(task, "qa-run-order-second");
    await blockedBy("second_request_for_it_blocks", "qa-run-order-second", "iteration_already_pending", 1);
    await stage.take(task);
    const late = await stage.askToContinue(task, "qa-run-order-late").then(
      () => "accepted",
      (refusal: unknown) => (refusal as { code?: unknown }).code,
    );
    stage.checks.note("request_for_a_begun_iteration_is_refused", { correlation_id: "qa-run-order-late", code: late }, [
      expecting("code", late, "stale_requested_iteration"),
    ]);
    return { replay_commands: askAndDispatch(stage.ctx.settings) };
  },
};
