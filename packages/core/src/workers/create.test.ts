import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { createHost, exec } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installCodexShim } from "../../../../e2e/support/scripted-agent/launch.ts";
import type { Ctx } from "../ctx.ts";
import { WorkerFolder } from "../shared/worker-files.ts";
import { createWorld, type World } from "../testing/world.ts";
import { create as createWorker, startTest } from "./create.ts";
import { updateStatus } from "./update-status.ts";

const op = operations.workers;
let world: World;
let socket: string;
let bin: string;

beforeEach(() => {
  world = createWorld();
  socket = `conveyor-test-${randomBytes(6).toString("hex")}`;
  bin = join(world.root, "bin");
});
afterEach(async () => {
  await exec(["tmux", "-L", socket, "kill-server"]);
  await world.close();
});

/** This world seen from a machine that has these programs first. */
function machine(path = [bin, process.env["PATH"] ?? ""].join(delimiter)): Ctx {
  const host = createHost({
    env: { ...process.env, PATH: path, CONVEYOR_TERMINAL: join(bin, "window") },
    tmux: { socket_name: socket, config_file: "/dev/null" },
  });
  return { ...world.ctx, host };
}

const shim = (env: Record<string, string> = {}) => installCodexShim(bin, { SCRIPTED_AGENT_TURN_MS: "100", ...env });

function create(name: string, more: Partial<CallOf<typeof op.create>> = {}, ctx = machine()) {
  return createWorker(ctx, op.create.input.parse({ name, cwd: world.cwd, ...more }));
}

const folderOf = (name: string) => new WorkerFolder(world.ctx.settings.state_root, name);
const eventTypes = (name: string) =>
  folderOf(name)
    .readEvents()
    .lines.map(({ event }) => event["type"]);
const row = (name: string) =>
  world.store.read((tx) => tx.db.workers.findUniqueOrThrow({ where: { name }, include: { statuses: true } }));

/** A program named `codex` that notes its arguments and stays. */
function recordingCodex(): string {
  const log = join(world.root, "argv");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "codex"),
    `#!/bin/sh\nprintf '%s\\0' "$@" > '${log}.new'; mv '${log}.new' '${log}'\nsleep 600\n`,
  );
  chmodSync(join(bin, "codex"), 0o755);
  return log;
}

describe("create", () => {
  it("starts the agent with its contract, and records what it did", async () => {
    const log = recordingCodex();
    const made = await create("docs", { task: "Write 'the' README; $(id)" });
    expect(made).toMatchObject({
      name: "docs",
      tmux_session: "codex-docs",
      reused: false,
      contract_given: true,
      startup: null,
      verified: null,
      attach_command: "tmux attach -t '=codex-docs'",
      stop_command: expect.stringContaining("stop 'docs'"),
    });
    await expect.poll(() => existsSync(log)).toBe(true);
    const argv = readFileSync(log, "utf8").split("\0").slice(0, -1);
    const contract = folderOf("docs").readText("contract.txt").value;
    expect(argv).toEqual(["--cd", world.cwd, "--no-alt-screen", contract]);
    expect(contract).toContain("Write 'the' README; $(id)");

    const stored = await row("docs");
    expect(stored).toMatchObject({
      state: "active",
      tmux_pane_id: made.tmux_pane_id,
      cwd: world.cwd,
      statuses: [{ state: "waiting" }],
    });
    expect(folderOf("docs").readJson("config.json").value).toMatchObject({
      name: "docs",
      identity_token: stored.identity_token,
      tmux_session: "codex-docs",
      tmux_target: "=codex-docs:",
      tmux_pane_id: made.tmux_pane_id,
      worker_id: stored.id,
    });
    expect(await world.auditTypes()).toEqual(["worker_create_recorded", "worker_tmux_started"]);
    expect((await world.auditEvent("worker_tmux_started"))?.worker_id).toBe(stored.id);
    expect(eventTypes("docs")).toEqual(["create"]);
    expect(statSync(folderOf("docs").file("contract.txt")).mode & 0o777).toBe(0o600);
    const events = JSON.stringify([await world.auditEvent("worker_create_recorded"), folderOf("docs").readEvents()]);
    expect(events).not.toContain("README");
    expect(events).not.toContain(stored.identity_token);
  });

  it("gives no contract when told not to", async () => {
    const log = recordingCodex();
    expect((await create("docs", { no_initial_prompt: true })).contract_given).toBe(false);
    await expect.poll(() => existsSync(log)).toBe(true);
    expect(readFileSync(log, "utf8").split("\0").slice(0, -1)).toEqual(["--cd", world.cwd, "--no-alt-screen"]);
  });

  it("waits until the agent is ready or works", async () => {
    await shim();
    const made = await create("docs", { task: "read", wait_ready: true });
    expect(["ready", "working"]).toContain(made.startup);
    expect(made).toMatchObject({ startup_recommended_action: "none", trust_accepted: false });
    expect(folderOf("docs").readJson("config.json").value).toMatchObject({
      startup: made.startup,
      startup_checked_at: expect.any(String),
    });
    expect(eventTypes("docs")).toEqual(["create", "wait_ready"]);
  });

  it("answers the trust question only when allowed", async () => {
    await shim({ SCRIPTED_AGENT_TRUST_PROMPT: "1" });
    expect(await create("wary", { wait_ready: true })).toMatchObject({
      startup: "needs_trust",
      startup_recommended_action: "rerun_with_accept_trust",
      trust_accepted: false,
    });
    const made = await create("trusting", { wait_ready: true, accept_trust: true });
    expect(made.trust_accepted).toBe(true);
    expect(["ready", "working"]).toContain(made.startup);
    expect(eventTypes("trusting")).toEqual(["create", "accept_trust", "wait_ready"]);
  });

  it("says when the agent ended at once", async () => {
    mkdirSync(bin);
    writeFileSync(join(bin, "codex"), "#!/bin/sh\nsleep 1\nexit 3\n");
    chmodSync(join(bin, "codex"), 0o755);
    expect(await create("brief", { wait_ready: true })).toMatchObject({
      startup: "exited",
      startup_recommended_action: "inspect_terminal",
    });
  });

  it("sees the first report of a worker, and the lack of one", async () => {
    recordingCodex();
    const waiting = create("docs", { verify: true, verify_timeout: 20 });
    await expect.poll(() => eventTypes("docs"), { timeout: 10_000 }).toEqual(["create"]);
    await updateStatus(
      machine(),
      op.updateStatus.input.parse({ name: "docs", state: "planning", current_task: "t", next_action: "n" }),
    );
    expect(await waiting).toMatchObject({ verified: true, verify_reason: "it reports planning" });
    expect(await create("mute", { verify: true, verify_timeout: 1 })).toMatchObject({ verified: false });
    expect(eventTypes("docs")).toEqual(["create", "status_updated", "verify"]);
  });

  it("ends the terminal again, or opens a window on it", async () => {
    recordingCodex();
    expect((await create("brief", { stop_after: true })).stopped).toBe(true);
    expect(await machine().host.tmux.sessionExists("codex-brief")).toBe(false);
    expect((await row("brief")).state).toBe("stopped");
    expect(eventTypes("brief")).toEqual(["create", "stop"]);
    const shown = join(world.root, "shown");
    writeFileSync(join(bin, "window"), `#!/bin/sh\necho "$@" >${shown}.new && mv ${shown}.new ${shown}\n`, {
      mode: 0o755,
    });
    expect((await create("shown", { open: true })).opened).toBe(true);
    await expect.poll(() => existsSync(shown) && readFileSync(shown, "utf8")).toMatch(/attach.*codex-shown/);
    await expect(create("both", { open: true, stop_after: true })).rejects.toMatchObject({ code: "usage" });
    expect(folderOf("both").is_taken).toBe(false);
  });

  it("starts a worker again under its token, and only when asked to", async () => {
    recordingCodex();
    await create("docs", { stop_after: true });
    const { identity_token, id } = await row("docs");
    await expect(create("docs")).rejects.toMatchObject({ code: "conflict", hint: expect.stringContaining("--reuse") });
    expect(await create("docs", { reuse: true, task: "other" })).toMatchObject({ reused: true, worker_id: id });
    expect((await row("docs")).identity_token).toBe(identity_token);
    expect(folderOf("docs").readText("contract.txt").value).toContain(identity_token);
    await expect(create("docs", { reuse: true })).rejects.toMatchObject({
      code: "conflict",
      details: { kind: "tmux_session" },
    });
  });

  it("refuses a worker that is recorded elsewhere, and a terminal that runs already", async () => {
    recordingCodex();
    folderOf("moved").writeJson("config.json", { name: "moved", tmux_session: "codex-other" });
    await expect(create("moved", { reuse: true })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("codex-other"),
    });
    await machine().host.tmux.start({ session: "codex-busy", cwd: world.cwd, argv: ["sleep", "600"] });
    await expect(create("busy")).rejects.toMatchObject({ code: "conflict" });
    expect(folderOf("busy").is_taken).toBe(false);
  });

  it("lets exactly one of several start the same worker", async () => {
    recordingCodex();
    const ends = await Promise.allSettled([create("docs"), create("docs"), create("docs")]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refusals = ends.flatMap((end) => (end.status === "rejected" ? [(end.reason as { code: string }).code] : []));
    expect(refusals).toEqual(["conflict", "conflict"]);
    const stored = await row("docs");
    expect(folderOf("docs").readText("contract.txt").value).toContain(stored.identity_token);
  });

  it("writes nothing when programs, folder or name are wrong", async () => {
    await expect(create("docs", {}, machine(world.root))).rejects.toMatchObject({
      code: "tool_missing",
      details: { program: "codex" },
    });
    recordingCodex();
    await expect(create("docs", { cwd: join(world.root, "none") })).rejects.toMatchObject({ code: "invalid_input" });
    for (const name of ["a b", "a.b", "../x", "x".repeat(65), ""]) {
      expect(op.create.input.safeParse({ name, cwd: world.cwd }).success, name).toBe(false);
    }
    expect(folderOf("docs").is_taken).toBe(false);
    expect(await world.auditTypes()).toEqual([]);
  });

  it("leaves a candidate behind when tmux fails, which can be started again", async () => {
    recordingCodex();
    const broken = join(bin, "tmux");
    writeFileSync(broken, "#!/bin/sh\necho 'lost server' >&2; exit 1\n", { mode: 0o755 });
    await expect(create("docs")).rejects.toBeInstanceOf(ConveyorError);
    rmSync(broken);
    expect((await row("docs")).state).toBe("candidate");
    expect(await create("docs", { reuse: true })).toMatchObject({ reused: true });
  });
});

describe("start-test", () => {
  const test = (more: object = {}) => startTest(machine(), op.startTest.input.parse({ cwd: world.cwd, ...more }));

  it("waits, checks, and says that nobody reported", async () => {
    await shim();
    const made = await test({ verify_timeout: 1, stop_after: true });
    expect(made).toMatchObject({ name: "live-test", verified: false, stopped: true });
    expect(made.startup).not.toBeNull();
    expect(folderOf("live-test").readText("contract.txt").value).toContain("Read README.md");
  });

  it("takes another name and task", async () => {
    recordingCodex();
    await test({ name: "probe", task: "look around", wait_ready_timeout: 1, verify_timeout: 1, stop_after: true });
    expect(folderOf("probe").readText("contract.txt").value).toContain("look around");
  });

  it("has no flags for what it always does", () => {
    for (const flag of ["wait_ready", "verify", "no_initial_prompt"])
      expect(Object.keys(op.startTest.input.shape)).not.toContain(flag);
  });
});
