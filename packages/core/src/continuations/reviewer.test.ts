import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Call, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configure } from "../contract/configure.ts";
import { createWorld, type World, type WorldOptions } from "../testing/world.ts";
import { planReview, runReviewer } from "./reviewer.ts";
import { submit } from "./submit.ts";

const ANSWER = '{"agreement":"match","verdict":"proceed","rationale":"both go on"}';

let world: World;
let rollout: string;
const begin = async (options: WorldOptions = {}) => {
  world = createWorld(options);
  const { worker } = await world.pair({ task: "parser", worker: { cwd: world.cwd } });
  rollout = worker.codex_session_path ?? "";
  await configure(
    world.ctx,
    operations.contract.configure.input.parse({ task: "parser", permit: ["context.spawn_reviewer"] }),
  );
  for (const proposer of ["worker", "manager"] as const) {
    await submit(world.ctx, { task: "parser", proposer, payload: { by: proposer }, correlation_id: "turn-1" });
  }
};
beforeEach(() => begin());
afterEach(() => world.close());

const input = (script: string | null, call: Partial<Call<"continuations.runReviewer">> = {}) =>
  operations.continuations.runReviewer.input.parse({
    task: "parser",
    correlation_id: "turn-1",
    reviewer_session_id: "rev",
    manager_session_id: "mgr",
    reviewer_command: script === null ? [] : ["bash", "-c", script],
    ...call,
  });
const review = (script: string, call: Partial<Call<"continuations.runReviewer">> = {}) =>
  runReviewer(world.ctx, input(script, call));
const STOPPED = { agreement: "divergent", verdict: "stop", operator_routing_required: true };

describe("continuation-reviewer", () => {
  it("records what the reviewer says of the context that it got", async () => {
    const echo = `context=$(cat); [[ $context == *'"by":"worker"'* && $context == *'"by":"manager"'* ]] && echo '${ANSWER}'`;
    expect(await review(echo)).toMatchObject({
      agreement: "match",
      verdict: "proceed",
      rationale: "both go on",
      operator_routing_required: false,
      subagent_run: {
        status: "succeeded",
        runner: "bash",
        runner_arg_count: 2,
        returncode: 0,
        reviewer_session_id: "rev",
        manager_session_id: "mgr",
        manager_rollout_access: false,
        sandbox: { engine: "bubblewrap", enabled: true, profile: "deny-state-root-bound-session-and-db-read" },
      },
    });
  });

  it("cannot read what Conveyor keeps, the rollouts or the home folder, nor write anywhere but its own folder", async () => {
    const { ledger_path, state_root } = world.ctx.settings;
    const home = process.env["HOME"] ?? "/root";
    expect(readFileSync(rollout, "utf8").length).toBeGreaterThan(0);
    const reads = [ledger_path, `${ledger_path}-wal`, rollout].map((file) => `cat '${file}' && exit 9`);
    const lists = [state_root, home].map((folder) => `[ -n "$(ls -A '${folder}')" ] && exit 8`);
    const writes = [
      `echo x > '${world.cwd}/x' && exit 7`,
      `echo x > "$TMPDIR/x" || exit 6`,
      `[ -z "$HOME" ] || exit 5`,
    ];
    const script = [...reads, ...lists, ...writes, `echo '${ANSWER}'`].join("; ");
    const { verdict, subagent_run } = await review(script);
    expect([verdict, subagent_run["returncode"]]).toEqual(["proceed", 0]);
  });

  it("reaches the network only when that was said", async () => {
    let connected = 0;
    const server = createServer((socket) => {
      connected += 1;
      socket.end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as { port: number };
    const script = `(exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && r=stop || r=proceed; echo '{"agreement":"match","verdict":"'$r'","rationale":"r"}'`;
    expect((await review(script)).verdict).toBe("proceed");
    expect(connected).toBe(0);
    expect((await review(script, { reviewer_network: "on" })).verdict).toBe("stop");
    expect(connected).toBe(1);
    await new Promise((closed) => server.close(closed));
  });

  it("gets no variable of ours but those that were named", async () => {
    await world.close();
    await begin({ env: { ...process.env, SECRET_TOKEN: "t", NAMED: "n" } });
    const script = `[ -z "$SECRET_TOKEN" ] && [ "$NAMED" = n ] && echo '${ANSWER}'`;
    expect((await review(script, { reviewer_env: ["NAMED"] })).verdict).toBe("proceed");
    expect((await review(script)).verdict).toBe("stop");
  });

  it("is not run again for the same proposals when that is asked for, but is after it failed", async () => {
    const ran = join(world.cwd, "../ran");
    const script = `echo '${ANSWER}'`;
    expect((await review("exit 3")).verdict).toBe("stop");
    const first = await review(script, { reuse: true });
    expect(first.verdict).toBe("proceed");
    expect((await review(`touch '${ran}'; exit 3`, { reuse: true })).id).toBe(first.id);
    expect((await review("exit 3")).verdict).toBe("stop");
    expect((await review(script, { reuse: true })).id).not.toBe(first.id);
  });

  it("sees changed lines only when that was said, without secrets", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: world.cwd });
    git("init", "-q", "-b", "main");
    writeFileSync(join(world.cwd, "file"), "before\n");
    git("add", "-A");
    git("commit", "-qm", "first");
    writeFileSync(join(world.cwd, "file"), "token=ghp_abcdefghijklmnopqrstuvwxyz0123456789\n");
    const sees = async (include_patch: boolean) => {
      const { context } = await planReview(world.ctx, input(null, { include_patch }));
      return (context as { diff: { patch?: string } }).diff.patch;
    };
    expect(await sees(false)).toBeUndefined();
    const patch = await sees(true);
    expect(patch).toContain("-before");
    expect(patch).not.toContain("ghp_");
  });

  it("is ended with all that it started when its time is over", async () => {
    const script = "trap '' TERM; sleep 300 & sleep 300";
    const { subagent_run, ...review_ } = await review(script, { timeout: 0.3 });
    expect(review_).toMatchObject({ ...STOPPED, rationale: "the reviewer took longer than 0.3 s" });
    expect(subagent_run).toMatchObject({ status: "failed", returncode: null });
  });

  it.each([
    ["crashes", "exit 3", "the reviewer ended with 3"],
    ["says nothing", "true", "did not answer with one JSON object"],
    ["talks around its answer", `echo ok; echo '${ANSWER}'`, "did not answer with one JSON object"],
    ["answers with a list", "echo '[]'", "did not answer with one JSON object"],
    ["says another word", `echo '{"agreement":"match","verdict":"approve","rationale":"r"}'`, "verdict must be one of"],
    ["gives no reason", `echo '{"agreement":"match","verdict":"proceed"}'`, "rationale"],
    ["approves and fails", `echo '${ANSWER}'; exit 1`, "the reviewer ended with 1"],
    ["floods", "head -c 3000000 /dev/zero | tr '\\0' ' '; echo '{}'", "longer than 1 MiB"],
  ])("that %s is a verdict stop, in every mode", async (_what, script, rationale) => {
    await configure(
      world.ctx,
      operations.contract.configure.input.parse({ task: "parser", nudge_on_completion: "auto-proceed" }),
    );
    expect(await review(script)).toMatchObject({ ...STOPPED, rationale: expect.stringContaining(rationale) });
  });

  it("cannot say who it is, or what it may read", async () => {
    const run = '{"reviewer_session_id":"mgr","manager_rollout_access":true,"status":"succeeded","note":"n"}';
    const answer = `{"agreement":"match","verdict":"proceed","rationale":"r","subagent_run":${run}}`;
    expect((await review(`echo '${answer}'`)).subagent_run).toMatchObject({
      reviewer_session_id: "rev",
      manager_rollout_access: false,
      note: "n",
    });
  });

  it("does not run where there is no sandbox, which is a verdict stop", async () => {
    await world.close();
    const tools = "/nowhere";
    await begin({ env: { ...process.env, PATH: tools } });
    const marker = join(world.cwd, "ran");
    expect(await review(`echo x > '${marker}'; echo '${ANSWER}'`)).toMatchObject({
      ...STOPPED,
      rationale: expect.stringContaining("there is no sandbox"),
      subagent_run: { sandbox: { engine: "none", enabled: false, setup_error: expect.any(String) } },
    });
    expect(() => readFileSync(marker)).toThrow(/ENOENT/);
  });

  it("is not recorded when a side proposed anew meanwhile", async () => {
    const server = createServer(async (socket) => {
      await submit(world.ctx, { task: "parser", proposer: "worker", payload: {}, correlation_id: "turn-1" });
      socket.end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as { port: number };
    const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3; echo '${ANSWER}'`;
    await expect(review(script, { reviewer_network: "on" })).rejects.toMatchObject({ code: "conflict" });
    expect(await world.auditTypes()).not.toContain("continuation_review_recorded");
    await new Promise((closed) => server.close(closed));
  });

  it("refuses before anything runs", async () => {
    await expect(runReviewer(world.ctx, input(null))).rejects.toMatchObject({ code: "usage" });
    await expect(review("true", { manager_session_id: "rev" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(review("true", { correlation_id: "turn-2" })).rejects.toMatchObject({ code: "continuation_order" });
    await configure(
      world.ctx,
      operations.contract.configure.input.parse({ task: "parser", revoke: ["context.spawn_reviewer"] }),
    );
    await expect(review("true")).rejects.toMatchObject({ code: "permission_denied" });
  });

  it("with --dry-run shows the context and the sandbox, and writes nothing", async () => {
    const before = await world.auditTypes();
    const planned = await planReview(world.ctx, input(null));
    expect(planned).toMatchObject({
      context: {
        task: { name: "parser", goal: "make it work" },
        correlation_id: "turn-1",
        worker_continuation: { payload: { by: "worker" } },
        manager_continuation: { payload: { by: "manager" } },
        acceptance_criteria: [],
        manager_config_summary: { permissions: { context: ["spawn_reviewer"] } },
        diff: { error: expect.any(String) },
        recent_pull_requests: [],
        constraints: { read_only: true, manager_rollout_access: false },
      },
      reviewer_command: [],
      sandbox: { enabled: true, network: false },
    });
    expect(planned.context["allowed_context"]).toEqual(
      Object.keys(planned.context)
        .filter((key) => key !== "allowed_context")
        .sort((a, b) => order(planned.context, a) - order(planned.context, b)),
    );
    expect(await world.auditTypes()).toEqual(before);
  });
});

function order(context: Record<string, unknown>, key: string): number {
  return (context["allowed_context"] as string[]).indexOf(key);
}
