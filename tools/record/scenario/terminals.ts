import { must, type Recorder } from "../recorder.ts";

/** Agents in terminals: started, watched, typed into, interrupted, captured, stopped. */
export async function terminals(recorder: Recorder): Promise<void> {
  recorder.section("05-terminals");
  const call = recorder.call.bind(recorder);
  await must(recorder, "start-worker --name wes --task 'do: say ready' --codex-profile yolo");
  await call("start-worker --name wes");
  await call("start-worker --name 'no name'");
  await call("start-worker --name other --cwd /nowhere");
  await recorder.rest("wes", 1);
  await must(
    recorder,
    "start-manager --name mia --task parser --task-goal 'parse it' --worker wes --timeout-seconds 30",
  );
  await recorder.rest("mia", 1);
  await must(recorder, "tasks --create parser --goal 'parse it'");
  await must(recorder, "bind --task parser --worker wes --manager mia");
  await call("cycle parser");
  await call("cycle parser --busy-wait-seconds 10");
  await call("cycle nothing");
  await call("cycle lexer");
  await call("ingest wes");
  await call("ingest wes --follow-thread --limit-bytes 10");
  await call("ingest nobody");
  await call("ingest ada");
  for (const flags of ["", "--limit 2", "--subtype UserMessage", "--include-content --limit 3", "--limit -1"])
    await call(`tail wes ${flags}`);
  await call("tail nobody");
  await call("session-nudge wes 'do: say done' --dry-run");
  await must(recorder, "session-nudge wes 'do: say done' --idempotency-key n1");
  await recorder.rest("wes", 2);
  await must(recorder, "session-nudge wes 'do: say done' --idempotency-key n1");
  await call("session-nudge ada hello");
  await call("session-nudge nobody hello");
  await call("session-nudge wes");
  await must(recorder, "session-nudge wes 'a draft' --no-submit");
  await call("session-nudge wes 'over the draft'");
  await must(recorder, "session-nudge wes ' of mine' --force");
  await recorder.rest("wes", 3);
  await call("session-interrupt wes");
  await call("session-interrupt wes --dry-run --key C-c");
  await must(recorder, "session-nudge wes -", { input: "do: hold" });
  await must(recorder, "session-interrupt wes");
  await call("session-interrupt nobody");
  await call("session-interrupt ada");

  for (const name of ["wes", "parser"]) await call(`status ${name}`);
  await call("idle-check wes");
  await call("capture wes");
  for (const flags of [
    "",
    "--role worker --mode snapshot",
    "--mode metadata",
    "--require-segment",
    "--include-content --lines 20",
  ]) {
    await call(`transcript-capture parser ${flags}`);
  }
  await call("transcript-capture nothing");
  for (const flags of ["", "--role worker --limit 1", "--include-content --limit 1"])
    await call(`transcript-show parser ${flags}`);
  await call("transcript-prune parser --keep-latest 1 --dry-run");
  await call("transcript-prune parser --keep-latest 0");
  await call("transcript-prune parser --keep-latest -1");
  await call("open wes --dry-run");
  await call("open wes");
  await call("open ada --dry-run");
  await call("open nobody");
  await call("open-worker parser --dry-run --terminal ghostty");
  await call("open-manager parser --dry-run");
  await call("open-worker auth --dry-run");
  await call("doctor-self --session codex-wes");
  await call("divergences parser --limit 5");
  await call("replay parser --spans");
  await call("db-doctor --live");
  await call("reconcile");

  await must(recorder, "enqueue-nudge-worker parser --message 'do: say nudged' --deliver");
  await recorder.rest("wes", 4);
  await call("dispatch --once");
  await call("dispatch status --task parser");
  await call("commands --task parser --attempts");
  await must(recorder, "start scratch --no-start-prompt");
  await call("start scratch");
  await call("start other --no-start-prompt -- --no-such-option-of-the-agent");
  await call("stop nobody");
  await call("stop ada");
  await call("finish-task parser --strict-decisions --decision-id 1 --stop-worker");
  const { id } = await recorder.ask("record-decision parser stop --reason 'all seen'");
  await must(recorder, `finish-task parser --strict-decisions --decision-id ${id} --stop-worker`);
  await call("finish-task parser --stop-manager --capture-transcript-before-stop");
  await call("audit parser --sections events,commands");
  await call("stop mia --message goodbye");

  const pair = "pair --task duo --worker-name duo-w --manager-name duo-m";
  await call(pair);
  await must(
    recorder,
    `${pair} --task-goal 'do two things' --task-prompt 'do: say one' --no-dispatch --manager-acceptance 'tests pass' --manager-allow-pr`,
  );
  await call(`${pair} --no-dispatch`);
  await recorder.rest("duo-w", 1);
  await call("criteria duo --list");
  await call("cycle duo");
  await must(recorder, "stop-task duo --stop-worker --message 'closing' --reason 'enough'");
  await call("sessions --state all");
}
