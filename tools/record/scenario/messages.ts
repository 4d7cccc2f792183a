import { must, type Recorder } from "../recorder.ts";

/** Messages between `ada` and `bob` of the task `auth`: queued, delivered, taken, answered, given back, looked at. */
export async function messages(recorder: Recorder): Promise<void> {
  recorder.section("03-messages");
  const call = recorder.call.bind(recorder);
  const text = recorder.form === "human" ? "--human" : "";
  for (const who of ["manager-inbox auth", "worker-inbox auth", "session-inbox ada"]) {
    await call(who);
    await call(`${who} --consume-next`);
    await call(`${who} --consume-next --wait --timeout 0`);
    await call(`${who} --wait --timeout 0 --limit 1`);
  }
  await call("worker-inbox nothing");
  await call("session-inbox nobody");

  await must(
    recorder,
    "enqueue-nudge-worker auth --message 'run the tests' --correlation-id slice-1 --idempotency-key once",
  );
  await must(
    recorder,
    "enqueue-nudge-worker auth --message 'run the tests' --correlation-id slice-1 --idempotency-key once",
  );
  await call("enqueue-nudge-worker auth --message 'other words' --correlation-id slice-1 --idempotency-key once");
  await call("enqueue-nudge-worker auth --message - --correlation-id slice-1", { input: "from standard input" });
  await call("enqueue-nudge-worker auth --message ' '");
  await call("enqueue-nudge-worker auth");
  await call("enqueue-nudge-worker nothing --message m");
  await call("enqueue-nudge-worker auth --message m --required-permission repo.open_pr");
  await call("enqueue-nudge-worker auth --message m --required-permission no-such");
  await call("enqueue-nudge-worker auth --message later --delay 3600 --expires-in 7200 --max-attempts 1");
  await call("enqueue-nudge-worker auth --message later --available-at 2030-01-02T03:04:05Z");
  await call("enqueue-nudge-worker auth --message later --delay 1 --available-at 2030-01-02T03:04:05Z");
  await call(
    "enqueue-notify-manager auth --message 'parser done' --subject 'slice 1 done' --evidence-json '{\"tests\":12}'",
  );
  await call("enqueue-notify-manager auth --message m --evidence-json '[1]'");
  await call("enqueue-notify-manager auth --message m --reply-to 999");
  await call("enqueue-notify-manager auth --message 'and delivered' --deliver --correlation-id slice-2");
  await call("commands --task auth");
  await call("dispatch --dry-run");
  await call("dispatch --once --limit 1 --type nudge_worker");
  await must(recorder, "dispatch --once --no-ingest --dispatcher-id d1 --lease-seconds 30");
  await call("dispatch --once");
  await call("dispatch --type nonsense");
  await call("dispatch --watch --watch-iterations 2 --interval 0.05 --dispatcher-id d2");
  await call("dispatch --watch --watch-iterations 1 --exclusive --while-bound --dispatcher-id d3");
  await call("dispatch stop --dispatcher-id d2");
  await call("dispatch stop --dispatcher-id nobody --timeout 1");
  for (const flags of [
    "",
    "--task auth",
    "--task auth --state delivered --state succeeded",
    "--limit 1",
    "--before 3",
    "--include-content",
  ]) {
    await call(`dispatch status ${flags}`);
  }
  await call("dispatch status --task nothing");

  await call("worker-inbox auth");
  await call("manager-inbox auth --limit 1");
  await call("session-inbox ada");
  const { items } = await recorder.ask("worker-inbox auth");
  const [first, second] = items.map(({ id }: { id: number }) => id);
  await call(`dispatch show ${first}`);
  await call("dispatch show 9999");
  const ack = (id: number, more: string) => `inbox-ack auth --notification-id ${id} ${more}`;
  await call(ack(first, ""));
  await call(ack(first, "--role worker --status accepted --from-stdin"), { input: '{"summary":"too early"}' });
  await call(ack(first, "--role worker --status received --from-stdin"), { input: '{"summary":"got it"}' });
  await must(recorder, "worker-inbox auth --consume-next --ack-within 600");
  await must(recorder, `inbox-release auth --notification-id ${first} --role worker --reason 'out of context'`);
  await call(`inbox-release auth --notification-id ${first} --role worker`);
  await call(`inbox-release auth --notification-id ${first} --role manager`);
  await must(recorder, "worker-inbox auth --consume-next");
  await call(ack(first, "--role worker --status accepted --from-stdin --correlation-id c9"), {
    input: '{"summary":"done"}',
  });
  await call(ack(first, "--role worker --status accepted --from-stdin --correlation-id c9"), {
    input: '{"summary":"done"}',
  });
  await call(ack(first, "--role worker --status blocked --from-stdin"), { input: '{"summary":"no"}' });
  await call(ack(first, "--role manager --status received --from-stdin"), { input: "{}" });
  await call(ack(first, "--role worker --status received --from-stdin"), { input: "no document" });
  await call(ack(first, ""));
  await call(ack(9999, ""));
  await must(recorder, "session-inbox ada --consume-next");
  await call(ack(second, "--role worker --status blocked --from-stdin"), { input: '{"blockers":["no key"]}' });
  await must(recorder, "manager-inbox auth --consume-next");
  await call(`enqueue-nudge-worker auth --message 'an answer' --reply-to ${first}`);
  await call("trace slice-1");
  await call("trace slice-1 --task auth --include-content");
  await call("trace c9 --task auth");
  await call("trace nothing");

  for (const flags of [
    "",
    "--task auth --attempts",
    "--type nudge_worker --limit 2",
    "--state pending",
    "--correlation-id slice-1",
  ]) {
    await call(`commands ${flags}`);
  }
  for (const flags of [
    "--since 2020-01-01T00:00:00Z --include-content",
    "--since soon",
    "--state done",
    "--worker w",
    "--manager m",
  ]) {
    await call(`commands ${flags}`);
  }
  const log: { id: string; state: string }[] = await recorder.ask("commands --task auth --type nudge_worker");
  const inState = (state: string) => log.find((command) => command.state === state)?.id;
  await call(`commands show ${log[0]?.id}`);
  await call(`commands show ${log[0]?.id} --include-content`);
  await call("commands show nothing");
  await call(`commands cancel ${inState("pending")}`);
  await call(`commands cancel ${inState("succeeded")}`);
  await call("commands dead --task auth");
  await call("commands dead --limit 1");
  await call(`commands retry ${inState("succeeded")}`);
  const failed = inState("failed") ?? inState("blocked");
  if (failed === undefined) throw new Error("the scenario has no failed or blocked command any more");
  await call(`commands retry ${failed}`);
  await call(`commands retry ${failed} --force`);

  await recorder.follow(
    `session-inbox ada --follow ${text}`,
    /^/,
    async () => void (await recorder.ask("enqueue-nudge-worker auth --message 'follow this' --deliver")),
    /follow this/,
  );
}
