import { expect } from "vitest";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("a task is closed only when what was accepted is proven, and its history can be read", async (world) => {
  const agent = await world.agent("worker-pane");
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  await world.ask<"sessions.registerWorker">(
    ...["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "worker-pane"],
  );
  await world.ask<"sessions.registerManager">("register-manager", "--name", "bob", "--codex-session", world.rollout());
  await world.ask<"bindings.bind">("bind", "--task", "parser", "--worker", "ada", "--manager", "bob");

  const add = async (criterion: string, ...more: string[]) => {
    const argv = ["criteria", "parser", "--add", "--criterion", criterion, "--source", "worker_proposed", ...more];
    return String((await world.ask<"criteria.add">(...argv)).affected_criterion.id);
  };
  const accepted = await add("rejects empty input", "--status", "accepted");
  const proposed = await add("is fast");
  const deferred = await add("reads UTF-16");
  const rejected = await add("has a logo");
  await world.ask<"criteria.accept">("criteria", "parser", "--accept", proposed);
  await world.ask<"criteria.defer">("criteria", "parser", "--defer", deferred, "--rationale", "nobody asked");
  await world.ask<"criteria.reject">("criteria", "parser", "--reject", rejected, "--rationale", "not a parser's job");
  const open = await world.ask<"criteria.list">("criteria", "parser", "--list", "--status", "accepted");
  expect([open.criteria.length, open.summary]).toEqual([
    2,
    { proposed: 0, accepted: 2, satisfied: 0, deferred: 1, rejected: 1 },
  ]);

  const refused = await world.refused("finish-task", "parser", "--reason", "done", "--require-criteria-audit");
  expect([refused.code, refused.error.code]).toEqual([1, "gate_failed"]);
  expect((await world.ask<"tasks.list">("tasks"))[0]?.state).toBe("managed");

  for (const id of [accepted, proposed]) {
    await world.ask<"criteria.satisfy">(
      "criteria",
      "parser",
      "--satisfy",
      id,
      "--proof",
      "npm test",
      "--evidence-json",
      '{"exit_code":0}',
    );
  }
  const unchallenged = await world.refused(
    "finish-task",
    "parser",
    "--require-criteria-audit",
    "--require-adversarial-proof",
  );
  expect([unchallenged.code, unchallenged.error.code]).toEqual([1, "gate_failed"]);

  const { cycle_id } = await world.ask<"observation.cycle">("cycle", "parser");
  const decision = await world.ask<"decisions.record">(
    ...["record-decision", "parser", "stop", "--reason", "all proven", "--cycle-id", String(cycle_id)],
  );
  expect(decision).toMatchObject({ decision: "stop", manager_cycle_id: cycle_id });
  const finished = await world.ask<"tasks.finish">(
    ...["finish-task", "parser", "--reason", "all proven", "--require-criteria-audit"],
    ...["--decision-id", String(decision.id), "--strict-decisions", "--stop-worker"],
  );
  expect(finished).toMatchObject({ finish: true, killed_worker: true, manager_decision: { ok: true, warnings: [] } });
  await waitUntil(async () => !agent.pane.isAlive(), { what: () => "the end of the worker" });
  expect((await world.ask<"tasks.list">("tasks"))[0]?.state).toBe("done");

  expect(await world.ask<"bindings.unbind">("unbind", "--task", "parser")).toMatchObject({ already_ended: true });
  expect((await world.refused("enqueue-nudge-worker", "parser", "--message", "one more")).error.code).toBe(
    "terminal_state",
  );
  expect((await world.refused("worker-inbox", "parser")).error.code).toBe("terminal_state");
  await world.ask<"sessions.deregister">("deregister", "bob");

  const audit = await world.ask<"audit.show">("audit", "parser");
  const types = audit.events?.map(({ type }) => type) ?? [];
  for (const type of ["task_created", "binding_created", "acceptance_criterion_added", "finish_task_succeeded"])
    expect(types).toContain(type);
  const some = await world.ask<"audit.show">(
    "audit",
    "parser",
    "--sections",
    "manager_decisions,manager_cycles",
    "--limit",
    "1",
  );
  expect([some.events, some.manager_decisions?.length, some.manager_cycles?.length]).toEqual([undefined, 1, 1]);

  const timeline = await world.ask<"audit.replay">("replay", "parser", "--format", "timeline");
  const compact = await world.ask<"audit.replay">("replay", "parser", "--format", "compact");
  expect(timeline.finish?.summary).toContain("all proven");
  expect(compact.entry_count).toBeLessThan(timeline.entry_count);
  const kinds = new Set(timeline.entries.map(({ kind }) => kind));
  for (const kind of ["acceptance_criterion", "observe", "decision", "finish"]) expect(kinds).toContain(kind);
  const text = await world.cli("replay", "parser", "--limit", "2");
  expect(text.stdout).toContain("all proven");
});

inEveryMode("an adversarial proof opens the gate that asks for one", async (world) => {
  await world.pair("parser");
  const words = ["--criterion", "survives a hostile input", "--source", "final_audit", "--status", "accepted"];
  const { affected_criterion } = await world.ask<"criteria.add">("criteria", "parser", "--add", ...words);
  const finish = ["finish-task", "parser", "--reason", "attacked and stood", "--require-adversarial-proof"];
  expect((await world.refused(...finish)).error.code).toBe("gate_failed");
  const evidence = JSON.stringify({
    evidence_type: "adversarial_check",
    failure_mode: "an empty input is parsed",
    check: "ran it with an empty file",
    result: "rejected as wanted",
  });
  await world.ask<"criteria.satisfy">(
    ...[
      "criteria",
      "parser",
      "--satisfy",
      String(affected_criterion.id),
      "--proof",
      "attacked it",
      "--evidence-json",
      evidence,
    ],
  );
  expect((await world.ask<"tasks.finish">(...finish)).final_adversarial_audit).toMatchObject({ ok: true });
});
