import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 90_000;

/** A folder with a `node` in it and nothing else: a PATH without tmux, lsof and all the rest. */
function barePath(world: World): string {
  const folder = join(world.root, "bare-path");
  mkdirSync(folder);
  symlinkSync(process.execPath, join(folder, "node"));
  return folder;
}

async function refusedUnder(world: World, env: Record<string, string>, ...argv: string[]) {
  const ran = await (await world.begin([...argv, "--json"], { env })).done;
  expect(ran.stdout).toBe("");
  const { error } = JSON.parse(ran.stderr) as { error: { code: string; hint: string | null } };
  return { exit: ran.code, ...error };
}

async function auditTypes(world: World, task: string): Promise<string[]> {
  const conveyor = await world.connect();
  const { events } = await conveyor.audit.show({ task, sections: "events" });
  return (events ?? []).map(({ type }) => type);
}

it("no name reaches a shell, whatever it holds, and one with a line break is refused", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({}, async (world) => {
    const trap = join(world.project, "pwned");
    for (const name of ["two words", `it's "quoted"`, `a;touch ${trap}`, `$(touch ${trap})`]) {
      const register = ["register-worker", "--name", name, "--codex-session", world.rollout()];
      await world.ask<"sessions.registerWorker">(...register);
      expect(await world.ask<"observation.ingest">("ingest", name)).toMatchObject({ session: name, new_events: 1 });
      expect((await world.refused("session-nudge", name, "hello")).error.code).toBe("precondition_failed");
    }
    expect(existsSync(trap)).toBe(false);
    const broken = await world.refused("register-worker", "--name", "two\nlines", "--codex-session", world.rollout());
    expect(broken).toMatchObject({ code: 2, error: { code: "invalid_input" } });
    const sessions = await world.ask<"sessions.list">("sessions");
    expect(sessions).toHaveLength(4);
  });
});

it("of two managers that bind one worker at once, one gets it", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", world.rollout());
    for (const n of ["1", "2"]) {
      await world.ask<"tasks.create">("tasks", "--create", `task-${n}`, "--goal", "be done");
      const register = ["register-manager", "--name", `boss-${n}`, "--codex-session", world.rollout()];
      await world.ask<"sessions.registerManager">(...register);
    }
    const begun = ["1", "2"].map((n) =>
      world.begin(["bind", "--task", `task-${n}`, "--worker", "ada", "--manager", `boss-${n}`, "--json"]),
    );
    const ended = await Promise.all(begun.map(async (running) => (await running).done));
    const refused = ended.filter(({ code }) => code !== 0);
    expect(refused).toHaveLength(1);
    const { error } = JSON.parse(refused[0]?.stderr ?? "") as { error: { message: string; hint: string } };
    expect(error.message).toContain("ada");
    expect(error.hint).not.toBe("");
  });
});

it("a terminal whose server is gone degrades what is observed, and typing says so", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const agent = await world.agent("ada-pane");
    await agent.waitForTurns(1);
    const register = ["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "ada-pane"];
    await world.ask<"sessions.registerWorker">(...register);
    await world.ask<"tasks.create">("tasks", "--create", "auth", "--goal", "be done");
    await world.ask<"sessions.registerManager">(
      "register-manager",
      "--name",
      "boss",
      "--codex-session",
      world.rollout(),
    );
    await world.ask<"bindings.bind">("bind", "--task", "auth", "--worker", "ada", "--manager", "boss");
    const before = await world.ask<"observation.cycle">("cycle", "auth");
    expect(before).toMatchObject({ worker_alive: true, pane_signal: { captured: true } });

    await agent.stop();
    const after = await world.ask<"observation.cycle">("cycle", "auth");
    expect(after).toMatchObject({
      worker_alive: false,
      state: "idle",
      notable_pane_pattern: "tmux_session_missing",
      pane_signal: { captured: false, degraded: true },
    });
    const typed = await world.refused("session-nudge", "ada", "are you there");
    expect(typed.code).toBe(2);
    expect(typed.error.code).toMatch(/^tmux_(no_server|session_missing)$/);
    expect(typed.error.hint).toBeTruthy();
    expect(await auditTypes(world, "auth")).toContain("session_nudged");
  });
});

it("without tmux and lsof what needs them says so, and the rest works", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const agent = await world.agent("ada-pane");
    await agent.waitForTurns(1);
    const register = ["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "ada-pane"];
    await world.ask<"sessions.registerWorker">(...register);
    const env = { PATH: barePath(world) };
    const typed = await refusedUnder(world, env, "session-nudge", "ada", "hello");
    expect(typed).toMatchObject({ exit: 2, code: "tool_missing" });
    expect(typed.hint).toContain("tmux");
    const read = await (await world.begin(["ingest", "ada", "--json"], { env })).done;
    expect(read).toMatchObject({ code: 0, stderr: "" });
  });
});

it("a home without .codex names what is missing instead of failing in the middle", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const found = await world.refused("register-worker", "--name", "ada", "--pid", String(process.pid));
    expect(found).toMatchObject({ code: 2, error: { code: "not_found", details: { kind: "rollout" } } });
    expect(found.error.hint).toContain("--codex-session");
    expect(existsSync(world.codex_home)).toBe(false);
  });
});

it("a thread that /clear began is reported, and followed only when asked", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const agent = await world.agent("ada-pane");
    await agent.waitForTurns(1);
    const register = ["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "ada-pane"];
    await world.ask<"sessions.registerWorker">(...register);
    await world.ask<"observation.ingest">("ingest", "ada");
    const old_path = agent.rollout_path();
    const old_thread = agent.state().thread_id;
    await agent.pane.submit("/clear");
    await agent.waitFor(({ thread_id }) => thread_id !== old_thread);
    await agent.pane.submit("do: say fresh");
    await agent.waitFor(({ rollout_path }) => rollout_path !== null && rollout_path !== old_path);
    await agent.waitForTurns(2);

    await world.ask<"observation.ingest">("ingest", "ada");
    const seen = await world.ask<"observation.ingest">("ingest", "ada");
    expect(seen.thread_switch).toMatchObject({ thread_id: agent.state().thread_id, path: agent.rollout_path() });
    const followed = await world.ask<"observation.ingest">("ingest", "ada", "--follow-thread");
    expect(followed.file_events).toEqual([{ kind: "superseded", from: old_path, to: agent.rollout_path() }]);
    expect(followed.new_events).toBeGreaterThan(0);
    expect((await world.ask<"observation.ingest">("ingest", "ada")).thread_switch).toBeNull();
  });
});
