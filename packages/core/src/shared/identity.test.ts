import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { identify, isSomebodyElse } from "./identity.ts";
import { type Party, sessionParty } from "./party.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** A worker in a live terminal, changed as a test wants it. */
async function worker(change: Partial<Party> = {}): Promise<Party> {
  await world.tmux("w");
  const { name } = await world.worker({ tmux_session: "w" });
  const row = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { name } }));
  return { ...sessionParty(row), ...change };
}

describe("the identity of a session", () => {
  it.each<[mismatch: string, is_fatal: boolean, change: Partial<Party>]>([
    ["session_state_gone", false, { state: "gone" }],
    ["tmux_pane_mismatch", true, { tmux_pane_id: "%999" }],
    ["session_pid_missing", false, { liveness: "pid" }],
    ["session_pid_invalid", false, { pid: 0 }],
    ["session_pid_dead", false, { pid: 2 ** 22 + 1 }],
    ["codex_session_path_invalid", true, { record_path: "/nonexistent/rollout.jsonl", thread_id: randomUUID() }],
    ["codex_session_id_mismatch", true, { thread_id: randomUUID() }],
  ])("shows %s (fatal: %s)", async (mismatch, is_fatal, change) => {
    const identity = await identify(world.ctx, await worker(change));
    expect(identity.mismatches).toEqual([mismatch]);
    expect(isSomebodyElse(identity)).toBe(is_fatal);
  });

  it("is complete when everything is as recorded", async () => {
    const party = await worker();
    expect(await identify(world.ctx, party)).toMatchObject({
      live: true,
      live_pane_id: party.tmux_pane_id,
      delivery_mode: "push",
      mismatches: [],
    });
  });

  it("is missing when nothing was recorded to know the session by", async () => {
    const nothing = { pid: null, tmux_pane_id: null, thread_id: null, record_path: null };
    expect((await identify(world.ctx, await worker(nothing))).mismatches).toEqual(["session_identity_missing"]);
  });

  it("tells a process that got the recorded pid later", async () => {
    const party = await worker({ pid: process.pid, pid_started_at: "2020-01-01T00:00:00.000Z" });
    expect((await identify(world.ctx, party)).mismatches).toEqual(["session_pid_dead"]);
  });

  it("sees that the process has another rollout open", async () => {
    const held = world.rollout();
    await world.tmux("holder", ["sh", "-c", `exec 3<'${held}'; sleep 600`]);
    const pid = await world.host.tmux.panePid({ session: "holder" });
    await expect.poll(() => world.host.processes.openFiles(pid)).toContain(held);
    const party = await worker({ pid });
    expect((await identify(world.ctx, party)).mismatches).toEqual(["codex_session_pid_mismatch"]);
    expect((await identify(world.ctx, { ...party, record_path: held, thread_id: null })).mismatches).toEqual([]);
  });

  it("is not lost when Codex compressed the rollout, but when the file holds something else", async () => {
    const party = await worker();
    const path = party.record_path as string;
    renameSync(path, `${path}.zst`);
    expect((await identify(world.ctx, party)).mismatches).toEqual([]);
    rmSync(`${path}.zst`);
    writeFileSync(path, "not a rollout\n");
    expect((await identify(world.ctx, party)).mismatches).toEqual(["codex_session_path_invalid"]);
  });

  it("is nobody else's when the terminal is gone: there is nothing to stop", async () => {
    const party = await worker({ thread_id: randomUUID() });
    await world.host.tmux.kill("w");
    const identity = await identify(world.ctx, party);
    expect(identity.mismatches).toEqual(["tmux_session_missing", "codex_session_id_mismatch"]);
    expect(isSomebodyElse(identity)).toBe(false);
  });
});
