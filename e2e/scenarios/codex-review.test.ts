import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REPOSITORY } from "../support/world/world.ts";

const HELPER = join(REPOSITORY, "skills/codex-review/scripts/codex-review");

let root: string;
let reviewer: string;

/** A repository with uncommitted work, and a reviewer that prints what it is told to. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "conveyor-review-"));
  const project = join(root, "project");
  mkdirSync(project);
  const git = (...argv: string[]) => execFileSync("git", argv, { cwd: project, stdio: "ignore" });
  git("init", "-q", "-b", "main");
  git("-c", "user.name=me", "-c", "user.email=me@example.org", "commit", "-q", "--allow-empty", "-m", "first");
  writeFileSync(join(project, "new.txt"), "new\n");
  reviewer = join(root, "reviewer");
  writeFileSync(
    reviewer,
    `#!/bin/sh
if [ -n "$REENTER" ]; then "$REENTER" --mode local --codex-bin "$0"; echo "the inner one ended with $?"; fi
printf '%s' "$SAYS"
echo "$CODEX_REVIEW_HELPER_LEVEL $*" > "$CALLED"
exit "\${ENDS:-0}"
`,
    { mode: 0o755 },
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const called = () => readFileSync(join(root, "called"), "utf8").trim();

/** Run the helper on the uncommitted work; `env` tells the reviewer what to do. */
function review(env: Record<string, string> = {}, argv: readonly string[] = ["--mode", "local"], cwd = "project") {
  const { status, stdout, stderr } = spawnSync(HELPER, [...argv, "--codex-bin", reviewer], {
    cwd: join(root, cwd),
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: root, CALLED: join(root, "called"), ...env },
  });
  return { status, text: `${stdout}${stderr}` };
}

describe("what a review comes to", () => {
  const CLEAN = "codex-review clean: no accepted/actionable findings reported";
  const LOG = "OpenAI Codex v0.169.0\n[P1] thought, not said\ncodex\n";
  it.each([
    ["nothing found", { SAYS: "looks good\n" }, 0, CLEAN],
    ["a finding", { SAYS: "- [P2] the loop never ends\n" }, 1, "codex-review findings"],
    ["a priority that there is not", { SAYS: "[P4] taste\n" }, 0, CLEAN],
    ["an empty answer", { SAYS: " \n" }, 1, "printed nothing"],
    ["a reviewer that fails", { SAYS: "looks good\n", ENDS: "3" }, 3, "ended with 3"],
    ["a session log whose answer is clean", { SAYS: `${LOG}fine\n` }, 0, CLEAN],
    ["a session log whose answer is not", { SAYS: `${LOG}[P0] broken\n` }, 1, "codex-review findings"],
    [
      "a session log with a diagnostic before the answer",
      { SAYS: `${LOG}[P1] early\n2026-01-01T00:00:00Z  WARN retried\ncodex\nfine\n` },
      ...([0, CLEAN] as const),
    ],
  ])("%s", (_what, env, status, words) => {
    const ran = review(env);
    expect([ran.status, ran.text]).toEqual([status, expect.stringContaining(words)]);
    expect(ran.text).toMatch(/elapsed: \d+ s/);
  });

  it("fails when the tests beside it do, and says both", () => {
    const good = review({ SAYS: "fine\n" }, ["--mode", "local", "--parallel-tests", "true"]);
    expect([good.status, good.text]).toEqual([0, expect.stringContaining("review status: 0\ntests status: 0")]);
    const bad = review({ SAYS: "fine\n" }, ["--mode", "local", "--parallel-tests", "exit 4"]);
    expect([bad.status, bad.text]).toEqual([1, expect.stringContaining("tests status: 4")]);
  });

  it("is saved where it was asked for, and what is reviewed is said first", () => {
    const output = join(root, "deep/er/review.txt");
    review({ SAYS: "fine\n" }, ["--mode", "auto", "--output", output, "--full-access"]);
    expect(readFileSync(output, "utf8")).toBe("fine\n");
    expect(called()).toBe("1 --dangerously-bypass-approvals-and-sandbox review --uncommitted");
    rmSync(join(root, "called"));
    const dry = review({}, ["--mode", "branch", "--base", "origin/main", "--dry-run"]);
    expect([dry.status, dry.text]).toEqual([0, expect.stringContaining("review --base origin/main")]);
    expect(() => called()).toThrow();
  });
});

describe("the guard against reviews within reviews", () => {
  const nested = { CODEX_REVIEW_HELPER_LEVEL: "1" };
  it.each<[string, Record<string, string>, readonly string[], number]>([
    ["blocks", nested, ["--mode", "local"], 78],
    ["blocks a dry run", nested, ["--mode", "local", "--dry-run"], 78],
    ["blocks a level of many digits", { CODEX_REVIEW_HELPER_LEVEL: "9".repeat(40) }, ["--mode", "local"], 78],
    ["takes no word for a level", { CODEX_REVIEW_HELPER_LEVEL: "x" }, ["--mode", "local"], 2],
    ["lets help through", nested, ["--help"], 0],
    ["lets level zero through", { CODEX_REVIEW_HELPER_LEVEL: "0", SAYS: "fine\n" }, ["--mode", "local"], 0],
  ])("%s", (_what, env, argv, status) => {
    const ran = review(env, argv);
    expect(ran.status).toBe(status);
    if (status === 78) expect(ran.text).toContain("nested codex-review invocation blocked");
  });

  it.each([
    ["1", "2"],
    ["9".repeat(40), "2"],
  ])("counts on from %s when it was allowed", (level, next) => {
    const allowed = { CODEX_REVIEW_HELPER_LEVEL: level, CODEX_REVIEW_ALLOW_NESTED: "1", SAYS: "fine\n" };
    expect(review(allowed).status).toBe(0);
    expect(called().split(" ")[0]).toBe(next);
  });

  it("reaches a reviewer that follows the skill itself", () => {
    const ran = review({ SAYS: "fine\n", REENTER: HELPER });
    expect([ran.status, ran.text]).toEqual([0, expect.stringContaining("the inner one ended with 78")]);
  });
});

describe("wrong usage", () => {
  it.each<[readonly string[], number, string]>([
    [["--mode", "all"], 2, "--mode must be auto, local or branch"],
    [["--mode"], 2, "there is no option"],
    [["--base", ""], 2, "--base needs a value"],
    [["--quick"], 2, "there is no option --quick"],
  ])("%j", (argv, status, words) => {
    const ran = review({}, argv);
    expect(ran.status).toBe(status);
    if (argv.length > 1 || argv[0] === "--quick") expect(ran.text).toContain(words);
  });

  it("outside of a repository is git's error", () => {
    mkdirSync(join(root, "elsewhere"));
    const ran = review({ GIT_CEILING_DIRECTORIES: root }, ["--mode", "local"], "elsewhere");
    expect(ran.status).not.toBe(0);
    expect(ran.text).toContain("not a git repository");
  });

  it("of a clean main branch has no target", () => {
    const clean = join(root, "clean");
    execFileSync("git", ["clone", "-q", join(root, "project"), clean], { stdio: "ignore" });
    const ran = review({}, ["--mode", "auto"], "clean");
    expect([ran.status, ran.text]).toEqual([1, expect.stringContaining("no target")]);
  });
});
