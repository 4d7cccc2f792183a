import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, type EpilogueStep, operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configure } from "../contract/configure.ts";
import { handoff } from "../contract/handoff.ts";
import { add } from "../criteria/add.ts";
import { verify } from "../proof/verify.ts";
import { createWorld, type World } from "../testing/world.ts";
import { epilogueStatusOf } from "./document.ts";
import { list } from "./list.ts";
import { run } from "./run.ts";

let world: World;
const clock = fixedClock();
beforeEach(async () => {
  world = createWorld({ clock });
  await world.pair({ task: "parser", worker: { cwd: world.cwd } });
});
afterEach(() => world.close());

const config = (call: Partial<Call<"contract.configure">>) =>
  configure(world.ctx, operations.contract.configure.input.parse({ task: "parser", ...call }));
const take = async (step: EpilogueStep, ctx = world.ctx) => {
  const { runs } = await run(ctx, operations.epilogues.run.input.parse({ task: "parser", step }));
  return runs.at(-1);
};
const document = () => list(world.ctx, { task: "parser" });

/** A program in the worker's folder that prints where it runs and ends with this code. */
function program(name: string, code: number): string {
  const file = join(world.cwd, name);
  writeFileSync(file, `#!/bin/sh\npwd\necho said >&2\nexit ${code}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("epilogue", () => {
  it("takes only steps that are configured, and is pending before", async () => {
    await expect(take("draft-pr")).rejects.toMatchObject({
      code: "step_not_configured",
      details: { step: "draft-pr" },
    });
    await config({ epilogue: ["record-handoff"] });
    expect(await document()).toMatchObject({
      configured_steps: ["record-handoff"],
      runs: [],
      status: {
        ok: false,
        missing_or_incomplete: ["record-handoff"],
        steps: [{ step_name: "record-handoff", state: "pending", ok: false, latest_run: null }],
      },
    });
  });

  it("keeps every run, and the newest decides", async () => {
    await config({ epilogue: ["record-handoff"] });
    expect(await take("record-handoff")).toMatchObject({
      state: "failed",
      error: "no handoff is recorded",
      result: null,
    });
    const left = await handoff(
      world.ctx,
      operations.contract.handoff.input.parse({ task: "parser", summary: "split done" }),
    );
    expect(await take("record-handoff")).toMatchObject({
      state: "succeeded",
      error: null,
      result: { handoff_id: left.id, summary: "split done" },
    });
    const { runs, status } = await document();
    expect([runs.map(({ state }) => state), status.ok]).toEqual([["failed", "succeeded"], true]);
    expect(await world.auditEvent("epilogue_step_recorded")).toMatchObject({
      payload: { step_name: "record-handoff" },
    });
  });

  it("asks tools for their version in the worker's folder, and skips what is no program", async () => {
    await config({ epilogue: ["run-tools"], tool: [program("good", 0), "verification.run_tests"] });
    expect(await take("run-tools")).toMatchObject({
      state: "succeeded",
      result: {
        tool_count: 2,
        tools: [
          { returncode: 0, stdout: expect.stringContaining(world.cwd), stderr: "said\n" },
          { tool: "verification.run_tests", kind: "capability", skipped: true },
        ],
      },
    });
  });

  it("runs the command of a tool, and keeps its exit code and what it printed by its hash", async () => {
    await config({ epilogue: ["run-tools"], tool: ["tests=sh -c 'echo fine; exit 0'", "lint=false", "never=true"] });
    expect(await take("run-tools")).toMatchObject({
      state: "failed",
      error: "lint ended with 1",
      result: {
        tools: [
          { tool: "tests", command: "sh -c 'echo fine; exit 0'", returncode: 0, stdout: "fine\n" },
          { tool: "lint", returncode: 1, output_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        ],
      },
    });
    await config({ tool: ["tests=a && b"] });
    expect(await take("run-tools")).toMatchObject({ state: "failed", error: expect.stringContaining("no shell") });
  });

  it("stops at the first tool that fails or is not there, and names it", async () => {
    const bad = program("bad", 3);
    await config({ epilogue: ["run-tools"], tool: [bad, program("good", 0)] });
    expect(await take("run-tools")).toMatchObject({
      state: "failed",
      error: `${bad} ended with 3`,
      result: { tools: [{ tool: bad, returncode: 3 }] },
    });
    await config({ tool: ["no-such-program-anywhere --flag"] });
    expect(await take("run-tools")).toMatchObject({ state: "failed", error: expect.stringContaining("was not found") });
  });

  it("drafts a pull request out of criteria and receipts", async () => {
    await config({ epilogue: ["draft-pr"] });
    const evidence = { command: "npm test", status: "pass", pr_url: "https://example.org/pr/1" };
    const parse = operations.criteria.add.input.parse;
    await add(
      world.ctx,
      parse({ task: "parser", criterion: "tests pass", source: "worker_proposed", status: "satisfied", evidence }),
    );
    await add(world.ctx, parse({ task: "parser", criterion: "docs", source: "worker_proposed", status: "deferred" }));
    const drafted = await take("draft-pr");
    expect(drafted).toMatchObject({
      state: "succeeded",
      result: { acceptance_criteria_count: 2, summary: "1 of 2 criteria satisfied" },
    });
    const draft = String(drafted?.result?.["draft"]);
    expect(draft).toContain("# parser\n\nmake it work\n\n## Satisfied\n\n- #1 tests pass (`npm test`; pass)");
    expect(draft).toContain("## Deferred\n\n- #2 docs");
    expect(draft).toContain("## Receipts\n\n- pr_url: https://example.org/pr/1");
    expect(drafted?.result?.["pull_request"]).toEqual({ state: "not_opened", reason: "repo.open_pr is not granted" });
  });

  it("opens the draft by gh where that is granted and there, with how everything is proven", async () => {
    const call = {
      task: "parser",
      criterion: "it | works",
      source: "user_requested",
      status: "accepted",
      check: ["true"],
    };
    await add(world.ctx, operations.criteria.add.input.parse(call));
    await verify(world.ctx, operations.proof.verify.input.parse({ task: "parser" }));
    await config({ epilogue: ["draft-pr"], permit: ["repo.open_pr"] });
    const withGh = (script: string | null) => {
      const bin = join(world.cwd, "../bin");
      mkdirSync(bin, { recursive: true });
      if (script !== null) writeFileSync(join(bin, "gh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      const PATH = script === null ? bin : `${bin}:/usr/bin:/bin`;
      const host = Object.create(world.ctx.host, { env: { value: { ...world.ctx.host.env, PATH } } });
      return { ...world.ctx, host };
    };
    const opened = async (script: string | null) => (await take("draft-pr", withGh(script)))?.result?.["pull_request"];
    expect(await opened(null)).toEqual({ state: "not_opened", reason: "gh is not installed" });
    expect(await opened("exit 1")).toMatchObject({
      state: "not_opened",
      reason: expect.stringContaining("exit code 1"),
    });
    const creates = `test "$2" = create || exit 1; cat > body; echo https://example.org/pr/7`;
    expect(await opened(creates)).toEqual({ state: "opened", url: "https://example.org/pr/7" });
    expect(readFileSync(join(world.cwd, "body"), "utf8")).toContain("| it \\| works | verified | true |");
    expect(await opened("echo https://example.org/pr/8")).toMatchObject({
      state: "opened",
      url: "https://example.org/pr/8",
    });
  });

  it.each([
    ["proceed", "succeeded"],
    ["amend", "succeeded"],
    ["stop", "failed"],
  ])("takes a review that says %s for %s", async (verdict, state) => {
    await config({ epilogue: ["subagent-review"] });
    expect(await take("subagent-review")).toMatchObject({ state: "failed", result: null });
    await world.store.write(async (tx) => {
      const { task_id } = await tx.db.bindings.findFirstOrThrow();
      const proposal = (proposer: string) =>
        tx.db.task_continuations.create({
          data: {
            seq: tx.seq(),
            task_id,
            proposer,
            payload_json: "{}",
            revision: 1,
            created_at: tx.now,
            correlation_id: "t",
          },
        });
      const worker = await proposal("worker");
      const manager = await proposal("manager");
      await tx.db.continuation_reviews.create({
        data: {
          seq: tx.seq(),
          task_id,
          worker_continuation_id: worker.id,
          manager_continuation_id: manager.id,
          agreement: "match",
          verdict,
          rationale: "r",
          subagent_run_json: '{"operator_routing_required":false}',
          created_at: tx.now,
          correlation_id: "t",
        },
      });
    });
    expect(await take("subagent-review")).toMatchObject({
      state,
      result: { agreement: "match", verdict, operator_routing_required: false },
    });
  });

  it("is taken once at a time, and one whose process died is closed as failed first", async () => {
    await config({ epilogue: ["record-handoff"] });
    await world.store.write(async (tx) => {
      const { task_id } = await tx.db.bindings.findFirstOrThrow();
      await tx.db.epilogue_runs.create({
        data: { seq: tx.seq(), task_id, step_name: "record-handoff", state: "running", started_at: tx.now },
      });
    });
    await expect(take("record-handoff")).rejects.toMatchObject({ code: "conflict" });
    await clock.advance(600_000);
    await take("record-handoff");
    expect((await document()).runs).toMatchObject([
      { state: "failed", error: "it never ended: its process died" },
      { state: "failed", error: "no handoff is recorded" },
    ]);
  });

  it("is incomplete in every state but succeeded", () => {
    for (const state of ["pending", "running", "failed", "skipped", "done", ""]) {
      const runs = [{ step_name: "run-tools", state }] as never;
      expect(epilogueStatusOf(["run-tools"], runs)).toMatchObject({ ok: false, missing_or_incomplete: ["run-tools"] });
    }
  });
});
