import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("what is there is found, what is not bound is suggested, and what drifted is told", async (world) => {
  await world.pair("taken");
  await world.ask<"tasks.create">("tasks", "--create", "free", "--goal", "be found");
  await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", world.rollout());
  await world.ask<"sessions.registerManager">("register-manager", "--name", "bob", "--codex-session", world.rollout());
  const found = await world.ask<"discovery.discover">("discover", "free");
  expect(found.tasks.map(({ name }) => name)).toEqual(["free"]);
  expect(found.suggestions).toMatchObject([{ kind: "bind", task: "free", worker: "ada", manager: "bob" }]);
  expect(await world.ask<"discovery.discover">("search", "free")).toMatchObject({ tasks: found.tasks });
  const everything = await world.cli("discover", "--human", "--limit", "1");
  expect(everything.stdout).toMatch(/^tasks\ntaken\tmanaged\t/);

  const drift = await world.ask<"system.reconcile">("reconcile", "--stale-cycle-seconds", "0");
  expect(drift.uncycled_tasks.map(({ task_name }) => task_name)).toEqual(["taken"]);
  expect(drift).not.toHaveProperty("applied");
  const applied = await world.ask<"system.applyReconcile">("reconcile", "--apply");
  expect(applied.applied).toEqual({
    sessions_marked_gone: [],
    bindings_marked_invalid: [],
    closings_undone: [],
    starts_settled: [],
  });
  expect((await world.cli("reconcile", "--human")).stdout).toBe("ledger and machine agree\n");
  expect(await world.ask<"observation.divergences">("divergences", "taken")).toEqual([]);
});

inEveryMode("a task without terminals is stopped at once, and nothing is captured or opened of it", async (world) => {
  const { worker, manager } = await world.pair("auth");
  for (const command of ["open-worker", "open-manager"]) {
    const refused = await world.refused(command, "auth", "--dry-run");
    expect([refused.code, refused.error.code]).toEqual([2, "precondition_failed"]);
  }
  expect((await world.refused("open", worker, "--dry-run")).error.code).toBe("precondition_failed");
  expect((await world.refused("stop", worker)).error).toMatchObject({ code: "precondition_failed" });
  const { captures } = await world.ask<"transcripts.capture">("transcript-capture", "auth");
  expect(captures).toMatchObject([
    { role: "worker", error_code: "precondition_failed" },
    { role: "manager", error_code: "precondition_failed" },
  ]);
  expect((await world.refused("transcript-capture", "auth", "--require-segment")).code).toBe(1);
  expect((await world.ask<"transcripts.show">("transcript-show", "auth")).segments).toEqual([]);
  expect((await world.cli("transcript-prune", "auth", "--keep-latest", "-1")).code).toBe(2);
  expect(await world.ask<"transcripts.pruneSegments">("transcript-prune", "auth")).toMatchObject({ pruned_count: 0 });

  const stopped = await world.ask<"tasks.stop">("stop-task", "auth", "--reason", "wrong branch");
  expect(stopped).toMatchObject({
    finish: false,
    killed_manager: false,
    manager_session: manager,
    worker_session: worker,
  });
  expect((await world.refused("stop-task", "auth")).error.code).toBe("terminal_state");
  const followup = await world.ask<"tasks.finish">("finish-task", "auth", "--stop-worker");
  expect(followup).toMatchObject({ already_done_followup: true, killed_worker: false });
  const pruned = await world.ask<"transcripts.prune">("prune", "--kind", "all", "--older-than", "30d", "--vacuum");
  expect(pruned).toMatchObject({ dry_run: false, pruned_count: 0, bytes_freed: 0 });
  expect(Object.keys(pruned.by_kind)).not.toContain("telemetry");
});

inEveryMode(
  "the skills are installed where Codex looks for them, and a session can ask about itself",
  async (world) => {
    const planned = await world.ask<"system.installSkills">("install-skills", "--dry-run");
    expect(planned).toMatchObject({ installed: [], codex_home: world.codex_home });
    expect(existsSync(join(world.codex_home, "skills"))).toBe(false);
    expect((await world.cli("install-skills")).stdout.split("\n")).toHaveLength(3);
    const helper = join(world.codex_home, "skills/codex-review/scripts/codex-review");
    expect(statSync(helper).mode & 0o111).toBe(0o111);

    const asked = await world.cli("doctor-self", "--json");
    expect(asked.code).toBe(1);
    const report = JSON.parse(asked.stdout);
    expect(report).toMatchObject({ ok: false, current_session: null, can_register_as: ["manager"] });
    const named = Object.fromEntries(
      report.checks.map((check: { name: string; ok: boolean }) => [check.name, check.ok]),
    );
    expect(named).toMatchObject({
      workerctl_on_path: true,
      codex_review_helper_installed: true,
      workerctl_executable: true,
    });
  },
);
