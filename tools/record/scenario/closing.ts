import { must, type Recorder } from "../recorder.ts";

/** Criteria, decisions, the gates of finishing, and what the records say afterwards of the task `auth`. */
export async function closing(recorder: Recorder): Promise<void> {
  recorder.section("06-closing");
  const call = recorder.call.bind(recorder);
  const add = (criterion: string, more = "") =>
    `criteria auth --add --criterion '${criterion}' --source worker_proposed ${more}`;
  await call("criteria auth --list");
  await call("criteria auth");
  await must(recorder, add("rejects empty input", "--status accepted --proof words --rationale why"));
  for (const criterion of ["is fast", "reads UTF-16", "has a logo"]) await must(recorder, add(criterion));
  await call(add("is fast"));
  await call("criteria auth --add --criterion c --source somebody");
  await call("criteria auth --add --criterion c --source worker_proposed --evidence-json '{'");
  const { criteria } = await recorder.ask("criteria auth --list");
  const [accepted, proposed, deferred, rejected] = criteria.map(({ id }: { id: number }) => id);
  await must(recorder, `criteria auth --accept ${proposed}`);
  await must(recorder, `criteria auth --defer ${deferred} --rationale 'nobody asked'`);
  await must(recorder, `criteria auth --reject ${rejected} --rationale 'not its job'`);
  await call("criteria auth --accept 9999");
  await call("criteria auth --list --status accepted --status deferred");
  await call("criteria nothing --list");
  await call("finish-task auth --require-criteria-audit");
  await call("finish-task auth --require-acks");
  await call("finish-task auth --require-epilogue");
  await call("finish-task auth --require-adversarial-proof");
  for (const id of [accepted, proposed]) {
    await must(recorder, `criteria auth --satisfy ${id} --proof 'npm test' --evidence-json '{"exit_code":0}'`);
  }
  await call("criteria auth --list");
  await must(recorder, "record-decision auth nudge --reason 'context is long' --payload-json '{\"tokens\":1}'");
  await call("record-decision auth ponder --reason r");
  await call("record-decision auth stop");
  await call("record-decision auth stop --reason r --cycle-id 9999");
  await must(recorder, "record-decision auth stop --reason 'all proven'");
  await call("finish-task auth --strict-decisions");
  await call("finish-task auth --decision-id 9999");
  await call("finish-task auth --capture-transcript-mode loud");
  await must(
    recorder,
    "finish-task auth --reason 'all proven' --require-criteria-audit --capture-transcript-before-stop",
  );
  await call("finish-task auth --reason again");
  await call("finish-task auth --stop-worker --stop-manager");
  await call("worker-inbox auth");
  await call("enqueue-nudge-worker auth --message 'one more'");
  await call("unbind --task auth");
  await call("bind --task auth --worker ada --manager bob");
  await must(recorder, "stop-task lexer --reason 'wrong branch'");
  await call("stop-task lexer");
  await call("stop-task nothing");

  for (const flags of ["", "--include-content", "--limit 2", "--since 24h", "--type task_created --sections events"]) {
    await call(`audit auth ${flags}`);
  }
  await call("audit auth --sections nonsense");
  await call("audit auth --since soon");
  await call("audit nothing");
  for (const format of ["compact", "timeline", "transcript", "full-transcript"])
    await call(`replay auth --format ${format}`);
  for (const flags of ["--role worker", "--limit 0", "--limit 3", "--spans", "--include-content", "--format loud"]) {
    await call(`replay auth ${flags}`);
  }
  await call("replay login");
  await call("replay nothing");
  for (const flags of [
    "--task auth",
    "--newest --limit 5",
    "--actor dispatch",
    "--severity warning",
    "--search nudge_worker",
  ]) {
    await call(`telemetry ${flags}`);
  }
  for (const flags of [
    "--event-type task_created",
    "--window 24h --limit 3",
    "--task nothing",
    "--severity loud",
    "--run login-loop",
  ]) {
    await call(`telemetry ${flags}`);
  }
  await call("telemetry --count");
  await call("telemetry --count --task auth --severity info");
  await call("telemetry --summary");
  await call("telemetry --summary --task auth --window 24h --limit 5");
  await call("prune --dry-run");
  await call("prune --kind all --older-than 30d --vacuum");
  await call("prune --kind telemetry --keep-latest 5 --dry-run");
  await call("prune --kind nonsense");
  await call("prune --task auth --kind segments");
  await call("divergences auth");
  await call("reconcile");
  await call("reconcile --stale-cycles-seconds 0");
  await call("reconcile --apply");
  await call("tasks");
}
