import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect } from "vitest";
import { installCodexShim } from "../support/scripted-agent/launch.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import { REPOSITORY } from "../support/world/world.ts";

const IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];

inEveryMode("an agent gets a working tree of its own, which goes only when nothing is lost", async (world) => {
  const date = "2026-01-02T03:04:05Z";
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = (...args: string[]) =>
    execFileSync("git", [...IDENTITY, ...args], { cwd: world.project, env, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  writeFileSync(join(world.project, "a.txt"), "one\n");
  git("add", "-A");
  git("commit", "-qm", "first");
  const tools = join(world.root, "tools");
  await installCodexShim(tools, { SCRIPTED_AGENT_TURN_MS: "30" });
  const PATH = [join(REPOSITORY, "bin"), tools, process.env["PATH"] ?? ""].join(delimiter);
  const path = `${world.project}.worktrees/ann`;
  // An agent is started where its caller is; the server of another mode only knows the ledger.
  const start = ["start-worker", "--name", "ann", "--cwd", world.project, "--worktree", "--json"];
  const begun = await world.begin(start, { env: { ...world.env, PATH, CONVEYOR_SERVER: "", CONVEYOR_TOKEN: "" } });
  const started = await begun.done;
  expect(started.code, started.stderr).toBe(0);
  expect(JSON.parse(started.stdout)).toMatchObject({ name: "ann", cwd: path });

  const [made] = await world.ask<"worktrees.list">("worktrees", "list");
  expect(made).toMatchObject({ path, branch: "conveyor/ann", state: "ready", session: { name: "ann" } });
  const shown = await world.ask<"worktrees.show">("worktrees", "show", "1");
  expect(shown.standing).toMatchObject({ on_disk: true, changed_files: 0, used_by: ["ann"] });
  expect((await world.refused("worktrees", "remove", "1")).error.code).toBe("conflict");
  await world.ask<"terminals.stop">("stop", "ann");
  await world.ask<"sessions.deregister">("deregister", "ann");
  writeFileSync(join(path, "a.txt"), "one\ntwo\n");
  const changed = await world.ask<"worktrees.diff">("worktrees", "diff", "conveyor/ann");
  expect(changed.files).toEqual([{ path: "a.txt", added: 1, removed: 0 }]);
  const kept = await world.refused("worktrees", "remove", "1");
  expect([kept.code, kept.error.code]).toEqual([1, "gate_failed"]);
  const thrown = ["worktrees", "remove", "1", "--force", "--reason", "a dead end"];
  expect((await world.ask<"worktrees.remove">(...thrown)).worktree.state).toBe("removed");
  expect(existsSync(path)).toBe(false);
});
