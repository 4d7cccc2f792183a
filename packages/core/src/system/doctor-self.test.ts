import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { doctorSelf } from "./doctor-self.ts";

let world: World;
const { TMUX: _tmux, TMUX_PANE: _pane, ...outside } = process.env;
beforeEach(() => {
  world = createWorld({ env: outside });
});
afterEach(() => world.close());

const checkOf = (report: { checks: readonly { name: string; ok: boolean }[] }, name: string) =>
  report.checks.find((check) => check.name === name);

/** A folder with a program of this name that prints its arguments and succeeds. */
function program(name: string): string {
  const folder = join(world.root, "bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), '#!/bin/sh\necho "$@"\n');
  chmodSync(join(folder, name), 0o755);
  return folder;
}

describe("doctor-self", () => {
  it("takes no stranger's tmux session for its own", async () => {
    await world.tmux("stranger");
    const report = await doctorSelf(world.ctx, {});
    expect(report).toMatchObject({ ok: false, supported: false, current_session: null, candidate_pid: null });
    expect(report.can_register_as).toEqual(["manager"]);
    expect(report.why_or_why_not).toMatch(/not run inside tmux.*still register as a manager/);
    expect(checkOf(report, "inside_tmux")).toMatchObject({ ok: false, session: null });
  });

  it.each(["conveyor", "workerctl"])(
    "supports a live session when %s is on PATH, and names its process",
    async (name) => {
      const pane = await world.tmux("mine");
      const folder = program(name);
      const inside = createWorld({ env: { ...outside, PATH: `${folder}:${process.env["PATH"]}` } });
      try {
        const report = await doctorSelf(
          { ...world.ctx, host: { ...inside.host, tmux: world.host.tmux } },
          { session: "mine" },
        );
        expect(report).toMatchObject({
          supported: true,
          current_session: "mine",
          candidate_pid: pane.pid,
          workerctl_invocation: name,
        });
        expect(report.can_register_as).toEqual(["worker", "manager"]);
        expect(report.command_template).toContain(
          `register-worker --name <NAME> --pid ${pane.pid} --cwd <CWD> --tmux-session 'mine'`,
        );
        expect(checkOf(report, "workerctl_executable")?.ok).toBe(true);
        expect(report.follow_up).toHaveLength(3);
      } finally {
        await inside.close();
      }
    },
  );

  it("says that a named session does not run", async () => {
    await world.tmux("other");
    const report = await doctorSelf(world.ctx, { session: "othe" });
    expect(checkOf(report, "current_tmux_session_live")?.ok).toBe(false);
    expect(report.why_or_why_not).toContain("the tmux session does not run");
  });

  it("reports without tmux, codex and program how to get them, instead of failing", async () => {
    const bare = createWorld({ env: { PATH: "/nonexistent", HOME: world.root } });
    try {
      const report = await doctorSelf(bare.ctx, { session: "x" });
      expect(checkOf(report, "tmux_on_path")?.ok).toBe(false);
      expect(checkOf(report, "tmux_access")).toMatchObject({ ok: false, error: expect.stringContaining("tmux") });
      expect(checkOf(report, "program_found")).toMatchObject({ ok: expect.any(Boolean) });
      expect(report.why_or_why_not).toContain("tmux is not on PATH");
    } finally {
      await bare.close();
    }
  });
});
