import { must, type Recorder } from "../recorder.ts";

/** A pair of app threads without terminals, with a loop: waking, heartbeats, continuations. */
export async function app(recorder: Recorder): Promise<void> {
  recorder.section("04-app");
  const call = recorder.call.bind(recorder);
  const threads = "--worker-codex-app-thread-id thr-w --manager-codex-app-thread-id thr-m";
  await must(
    recorder,
    `create-disposable-binding login --goal 'log in' ${threads} --run-name login-loop --adversarial --current-iteration 0 --max-iterations 1`,
  );
  await call("create-disposable-binding login");
  await call("create-disposable-binding build --template app_visible_build_loop --required-before-continue screenshot");
  await call("create-disposable-binding other --template no-such-template");
  await call("create-disposable-binding other --max-iterations 0");
  for (const command of ["app-loop-status", "app-wakeup-plan"]) {
    await call(`${command} login`);
    await call(`${command} login --stale-after 1 --dispatcher-id d1`);
    await call(`${command} nothing`);
    await call(`${command} auth`);
  }
  await must(recorder, "app-wakeup-dispatch login");
  const { receipt } = await recorder.ask("app-wakeup-dispatch login");
  const record = `app-wakeup-record-delivery login --dispatch-receipt ${receipt.event_id}`;
  await call(`${record} --role manager --delivery-status sent --thread-id thr-m`);
  await call(`${record} --role manager --delivery-status sent --thread-id thr-m`);
  await call(`${record} --role worker --delivery-status sent`);
  await call(`${record} --role worker --delivery-status blocked`);
  await call(`${record} --role worker --delivery-status blocked --reason 'thread is archived'`);
  await call("app-wakeup-record-delivery login --dispatch-receipt nothing --role worker --delivery-status skipped");
  await call("app-heartbeat login --role worker");
  await call("app-heartbeat login --role manager");
  await call("app-heartbeat login --role boss");
  await call("app-heartbeat nothing --role worker");
  await call("app-loop-status login");
  await call("app-wakeup-dispatch login");

  const go = (iteration: number, more = "") =>
    `enqueue-continue-iteration login --loop-run login-loop --requested-iteration ${iteration} --message 'go on' ${more}`;
  await call(go(0));
  await call("enqueue-continue-iteration login --requested-iteration 1 --message m");
  await call("enqueue-continue-iteration login --loop-run nothing --requested-iteration 1 --message m");
  await must(recorder, go(1, "--correlation-id i1 --idempotency-key first"));
  await must(recorder, go(1, "--deliver"));
  await must(recorder, "worker-inbox login --consume-next");
  await call(go(1));
  await call(go(2, "--deliver"));
  await call("commands --type continue_iteration");
  await call("commands dead");
  await call("tasks");
  await must(recorder, "finish-task login --reason proven");
  await call("app-heartbeat login --role manager");
  await call("app-wakeup-plan login");
  await call("app-loop-status login");
}
