import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { gitIn, ownFiltersOff } from "./git.ts";

let folder: string;
let ran: string;
const env = { PATH: process.env["PATH"] ?? "", HOME: "/nowhere", GIT_DIR: "/nowhere", "BASH_FUNC_x%%": "() { :; }" };

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-git-")));
  ran = join(folder, "ran");
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } });
  git("init", "-q", "-b", "main");
  writeFileSync(join(folder, ".gitignore"), "ran\n");
  writeFileSync(join(folder, "file"), "one\n");
  git("add", ".");
  git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "first");
  // From here on the repository is a trap.
  const trap = join(folder, ".git/trap");
  writeFileSync(trap, `#!/bin/sh\necho "$0" >> '${ran}'\ncat\n`);
  chmodSync(trap, 0o755);
  mkdirSync(join(folder, ".git/hooks"), { recursive: true });
  for (const name of ["core.fsmonitor", "filter.trap.clean", "filter.trap.smudge", "diff.external"])
    git("config", name, trap);
  writeFileSync(join(folder, ".git/info/attributes"), "file filter=trap\n");
  writeFileSync(join(folder, "file"), "two\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("runs nothing that a repository names, also where files are read, and looks at that repository only", async () => {
  const settings = await ownFiltersOff(folder, { env });
  expect(settings).toEqual([
    ["filter.trap.clean", ""],
    ["filter.trap.smudge", ""],
  ]);
  const git = gitIn(folder, { env, settings });
  expect((await git(["rev-parse", "--show-toplevel"])).stdout.trim()).toBe(folder);
  const diff = await git(["diff", "--no-ext-diff", "--no-textconv", "HEAD"]);
  expect(diff).toMatchObject({ exit_code: 0, stderr: "" });
  expect(diff.stdout).toContain("+two");
  expect(existsSync(ran)).toBe(false);
});

it("would have run it otherwise", () => {
  execFileSync("git", ["diff", "--no-ext-diff", "HEAD"], { cwd: folder });
  expect(existsSync(ran)).toBe(true);
});
