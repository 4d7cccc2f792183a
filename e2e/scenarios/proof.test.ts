import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import type { World } from "../support/world/world.ts";

const IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];

function project(world: World, files: Record<string, string>): void {
  // The same commit in every mode.
  const date = "2026-01-02T03:04:05Z";
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = (...args: string[]) =>
    execFileSync("git", [...IDENTITY, ...args], { cwd: world.project, env, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(world.project, path)), { recursive: true });
    writeFileSync(join(world.project, path), text);
  }
  git("add", "-A");
  git("commit", "-qm", "first");
}

inEveryMode("truthful work is proven by checks, without one refusal, and finished", async (world) => {
  project(world, { "src/parser.sh": "echo parsed\n", "test.sh": "sh src/parser.sh | grep -q parsed\n" });
  await world.pair("parser");
  const add = ["criteria", "parser", "--add", "--source", "user_requested", "--status", "accepted", "--criterion"];
  const { affected_criterion: works } = await world.ask<"criteria.add">(...add, "the parser works");
  const { affected_criterion: looks } = await world.ask<"criteria.add">(...add, "it reads well");
  const id = String(works.id);
  expect((await world.ask<"checks.suggest">("checks", "suggest", "parser")).suggestions).toEqual([]);

  const asked = ["checks", "add", "parser", "--criterion", id, "--name", "tests", "--guard", "test.sh", "--json"];
  const added = JSON.parse((await world.cli(...asked, "--", "sh", "test.sh")).stdout) as { check: { id: number } };
  const check = String(added.check.id);
  expect((await world.ask<"checks.list">("checks", "list", "parser")).checks).toMatchObject([
    { name: "tests", command: "sh test.sh", accepted_by: "operator", revision: 1 },
  ]);
  expect((await world.ask<"checks.edit">("checks", "edit", check, "--timeout", "60")).check.revision).toBe(2);
  expect((await world.ask<"checks.accept">("checks", "accept", check)).check.accepted_by).toBe("operator");

  const before = await world.ask<"proof.show">("proof", "parser");
  expect(before.criteria.map(({ state }) => state)).toEqual(["unproven", "unproven"]);
  const first = await world.cli("verify", "parser", "--json");
  expect([first.code, first.stderr]).toEqual([1, ""]);
  expect(JSON.parse(first.stdout)).toMatchObject({ ok: false, runs: [{ state: "passed" }] });
  await world.ask<"criteria.waive">("criteria", "parser", "--waive", String(looks.id), "--rationale", "I have read it");
  await world.ask<"criteria.unwaive">("criteria", "parser", "--unwaive", String(looks.id));
  await world.ask<"criteria.waive">("criteria", "parser", "--waive", String(looks.id), "--rationale", "read it again");
  const second = await world.ask<"proof.verify">("verify", "parser");
  expect([second.ok, second.runs.length, second.criteria.map(({ state }) => state)]).toEqual([
    true,
    0,
    ["verified", "waived"],
  ]);

  const shown = await world.ask<"checks.show">("checks", "show", check);
  expect(shown.newest_run).toMatchObject({ state: "passed", trigger: "verify", output_tail_redacted: true });
  expect((await world.ask<"checks.runs">("checks", "runs", "parser")).runs).toHaveLength(1);
  await world.ask<"checks.review">("checks", "review", id, "--verdict", "fine", "--note", "nothing changed");

  const spare = ["checks", "add", "parser", "--criterion", id, "--name", "spare", "--kind", "file"];
  const { check: file } = await world.ask<"checks.add">(...spare, "--spec-json", '{"path":"src/parser.sh"}');
  await world.ask<"checks.remove">("checks", "remove", String(file.id), "--reason", "not needed");

  const question = ["checks", "add", "parser", "--criterion", id, "--name", "look", "--kind", "human"];
  const { check: asked_for } = await world.ask<"checks.add">(...question, "--spec-json", '{"question":"is it plain?"}');
  expect((await world.ask<"proof.show">("proof", "parser")).criteria[0]?.next).toContain("checks answer");
  const said = ["checks", "answer", String(asked_for.id), "--verdict", "yes", "--note", "I have read it"];
  const { run: answered } = await world.ask<"checks.answer">(...said);
  expect(answered).toMatchObject({ state: "passed", trigger: "operator", note: "I have read it" });
  expect((await world.cli("checks", "cancel", String(answered.id))).code).toBe(2);

  const finished = await world.ask<"tasks.finish">("finish-task", "parser", "--reason", "proven", "--require-proof");
  expect(finished.final_proof_audit).toMatchObject({ ok: true, proof_policy: "all", subject_moved: false });

  const receipt = join(world.root, "parser.intoto.jsonl");
  const signed = await world.cli("receipt", "parser", "--output", receipt, "--markdown", "--json");
  expect(signed.code).toBe(0);
  // Signatures are of times and ids of one world; what is printed of them is looked at here and not compared.
  world.transcript.entries.pop();
  expect((await world.ask<"receipts.key">("receipt", "key", "show")).keyid).toMatch(/^[0-9a-f]{64}$/);
  const found = await world.ask<"receipts.verify">("receipt", "verify", receipt, "--root", world.project);
  expect([found.ok, found.failures, found.criteria]).toEqual([true, [], { verified: 1, waived: 1 }]);
  const chain = await world.ask<"audit.verify">("audit", "--verify");
  expect(chain).toMatchObject({ ok: true, broken: null, receipts: { checked: 1, failed: [] } });
  expect((await world.ask<"audit.verify">("audit", "--verify", "--head", chain.head.hash)).head_found).toBe(true);
  // Hashes are of times and ids of one world, as signatures are.
  world.transcript.entries.splice(-2);
  writeFileSync(join(world.project, "src/parser.sh"), "echo nothing\n");
  expect((await world.cli("receipt", "verify", receipt, "--root", world.project)).code).toBe(1);
});
