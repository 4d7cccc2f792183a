import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import { createHost } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WorkerFolder } from "../shared/worker-files.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { capture } from "./capture.ts";
import { classify } from "./classify.ts";
import { events, followEvents } from "./events.ts";
import { interrupt } from "./interrupt.ts";
import { list } from "./list.ts";
import { nudge } from "./nudge.ts";
import { idleCheck, status } from "./status.ts";
import { updateStatus } from "./update-status.ts";

const DIALOG = "  Would you like to run the following command?\\n\\n› 1. Yes, proceed (y)\\n  2. No\\n";
const WORKING = "• Working (2s • esc to interrupt)\\n";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const op = operations.workers;
const statusOf = (name: string, more: Partial<CallOf<typeof op.status>> = {}) =>
  status(world.ctx, op.status.input.parse({ name, ...more }));
const check = (name: string, more: Partial<CallOf<typeof op.idleCheck>> = {}) =>
  idleCheck(world.ctx, op.idleCheck.input.parse({ name, ...more }));
const captureOf = (name: string, more: object = {}) => capture(world.ctx, op.capture.input.parse({ name, ...more }));
const say = (name: string, message: string, more: object = {}) =>
  nudge(world.ctx, op.nudge.input.parse({ name, message, ...more }));
const press = (name: string, more: object = {}) => interrupt(world.ctx, op.interrupt.input.parse({ name, ...more }));
const report = (name: string, more: object = {}) =>
  updateStatus(
    world.ctx,
    op.updateStatus.input.parse({ name, state: "editing", current_task: "docs", next_action: "links", ...more }),
  );

/** A worker folder as the earlier tool left it, with a pane when argv is given. */
async function folder(name: string, argv?: readonly string[], config: object = {}): Promise<WorkerFolder> {
  const worker = new WorkerFolder(world.ctx.settings.state_root, name);
  const started = argv === undefined ? {} : { agent_pid: (await world.tmux(`codex-${name}`, argv)).pid };
  worker.writeJson("config.json", {
    name,
    cwd: world.cwd,
    identity_token: `workerctl-${name}`,
    tmux_session: `codex-${name}`,
    ...started,
    ...config,
  });
  return worker;
}

async function shows(name: string, text: string) {
  const worker = await folder(name, ["sh", "-c", `printf '${text}'; sleep 600`]);
  await expect.poll(() => world.host.tmux.capture({ session: `codex-${name}` }, 20), { timeout: 10_000 }).not.toBe("");
  return worker;
}

const eventTypes = (worker: WorkerFolder) => worker.readEvents().lines.map(({ event }) => event["type"]);
const captureRows = () => world.store.read((tx) => tx.db.transcript_captures.findMany({ orderBy: { seq: "asc" } }));

describe("finding a worker by name", () => {
  it("names both places that were looked at, and the way to sessions", async () => {
    for (const call of [
      statusOf("nobody"),
      say("nobody", "x"),
      press("nobody"),
      captureOf("nobody"),
      report("nobody"),
    ]) {
      await expect(call).rejects.toMatchObject({
        code: "not_found",
        message: expect.stringMatching(/no folder of that name .* and no registered session/),
        hint: expect.stringContaining("session-nudge"),
      });
    }
  });

  it("prefers the folder to a session of the same name", async () => {
    await world.worker({ name: "both" });
    await folder("both");
    expect((await statusOf("both")).kind).toBe("folder");
  });

  it.each(["../outside", "a/b", "$(id)", "'; drop", "two words"])(
    "never leaves the state root for %j",
    async (name) => {
      mkdirSync(join(world.root, "outside"));
      writeFileSync(join(world.root, "outside", "config.json"), "{}");
      await expect(statusOf(name)).rejects.toMatchObject({ code: "not_found" });
    },
  );
});

describe("list", () => {
  it("shows every folder with a configuration, with what the ledger or its file says", async () => {
    await folder("quiet");
    const reported = await folder("reported");
    reported.writeJson("status.json", {
      state: "blocked",
      current_task: "from the file",
      last_update: "2020-01-01T00:00:00Z",
    });
    await folder("running", ["sleep", "600"]);
    await report("running", { state: "done" });
    mkdirSync(join(world.ctx.settings.state_root, "artifacts"));
    expect(await list(world.ctx)).toEqual([
      { name: "quiet", running: false, status: "stopped", state: "unknown", current_task: null },
      { name: "reported", running: false, status: "stopped", state: "blocked", current_task: "from the file" },
      { name: "running", running: true, status: "running", state: "done", current_task: "docs" },
    ]);
  });

  it("needs no ledger, and is empty without a state root", async () => {
    await folder("docs");
    const elsewhere = { ...world.ctx, settings: { ...world.ctx.settings, ledger_path: join(world.root, "none.db") } };
    expect(await list(elsewhere)).toHaveLength(1);
    const nowhere = { ...elsewhere, settings: { ...elsewhere.settings, state_root: join(world.root, "none") } };
    expect(await list(nowhere)).toEqual([]);
  });

  it("says so when tmux cannot be asked", async () => {
    await folder("docs");
    const host = createHost({ env: { PATH: world.root } });
    expect(await list({ ...world.ctx, host })).toMatchObject([
      { running: false, terminal_error: expect.stringContaining("tmux") },
    ]);
  });
});

describe("capture", () => {
  it("stores the text once, and the moment it changed", async () => {
    const worker = await shows("docs", "hello\\nworld\\n");
    const first = await captureOf("docs", { include_content: true });
    expect(first).toMatchObject({
      line_count: 2,
      byte_count: 11,
      history_lines: 200,
      content_redacted: false,
      content: "hello\nworld",
    });
    const second = await captureOf("docs");
    expect(second).toMatchObject({ sha256: first.sha256, content_redacted: true });
    expect(second).not.toHaveProperty("content");
    expect((await captureRows()).map(({ capture_kind, content }) => [capture_kind, content])).toEqual([
      ["changed", "hello\nworld"],
      ["metadata_only", null],
    ]);
    const [one, two] = await captureRows();
    expect(two?.changed_at).toBe(one?.changed_at);
    expect(worker.readText("transcript.txt").value).toBe("hello\nworld");
    expect(worker.readJson("capture-meta.json").value).toMatchObject({
      sha256: first.sha256,
      changed_at: one?.changed_at,
    });
    expect(await world.telemetryEvent("transcript_capture_recorded")).toBeDefined();
    expect(JSON.stringify(await world.telemetryEvent("transcript_capture_recorded"))).not.toContain("hello");
  });

  it("fails for a terminal that is gone, and the event file says so", async () => {
    const worker = await folder("docs");
    await expect(captureOf("docs")).rejects.toMatchObject({
      code: expect.stringMatching(/^tmux_(no_server|session_missing)$/),
    });
    expect(eventTypes(worker)).toEqual(["capture_failed"]);
  });

  it("works for a registered session, and refuses one without terminal", async () => {
    await world.tmux("anything", ["sh", "-c", "printf hi; sleep 600"]);
    await world.worker({ name: "two words", tmux_session: "anything" });
    await expect.poll(() => world.host.tmux.capture({ session: "anything" }, 20)).toBe("hi");
    const { transcript_path } = await captureOf("two words");
    expect(transcript_path.startsWith(join(world.ctx.settings.state_root, "session-"))).toBe(true);
    expect(readFileSync(transcript_path, "utf8")).toBe("hi");
    await world.worker({ name: "app" });
    await expect(captureOf("app")).rejects.toMatchObject({
      code: "precondition_failed",
      details: { reason: "no_tmux" },
    });
  });
});

describe("status", () => {
  it("tells what a worker reported and when its screen changed", async () => {
    await shows("docs", "some output");
    await report("docs", { blocker: "no network", state: "blocked" });
    expect(await statusOf("docs")).toMatchObject({
      kind: "folder",
      running: true,
      terminal: "running",
      state: "blocked",
      current_task: "docs",
      blocker: "no network",
      activity: null,
      terminal_changed_at: expect.stringMatching(/Z$/),
      terminal_capture_error: null,
      tmux_session: "codex-docs",
      warnings: [],
    });
  });

  it("stores nothing when told not to look", async () => {
    await shows("docs", "some output");
    expect(await statusOf("docs", { no_refresh: true })).toMatchObject({ running: true, terminal_captured_at: null });
    expect(await captureRows()).toEqual([]);
  });

  it("degrades where files are damaged, with a warning for each", async () => {
    const worker = await folder("docs");
    writeFileSync(worker.file("config.json"), "{half");
    writeFileSync(worker.file("status.json"), '{"state": "edit');
    writeFileSync(worker.file("capture-meta.json"), "[]");
    const seen = await statusOf("docs");
    expect(seen).toMatchObject({
      state: "unknown",
      terminal: "not_running",
      tmux_session: "codex-docs",
      terminal_capture_error: null,
    });
    expect(seen.warnings).toHaveLength(3);
  });

  it("takes a status file that the worker wrote itself for newer than the ledger's row", async () => {
    const worker = await folder("docs");
    await report("docs");
    worker.writeJson("status.json", {
      state: "no such state",
      current_task: "by hand",
      last_update: "2999-01-01T00:00:00Z",
    });
    expect(await statusOf("docs")).toMatchObject({ state: "unknown", current_task: "by hand" });
  });

  it("answers for a registered session from its rollout", async () => {
    const now = new Date().toISOString();
    const started = {
      timestamp: now,
      type: "event_msg",
      payload: { type: "task_started", turn_id: "t1", started_at: 1 },
    };
    await world.worker({ name: "w", codex_session: world.rollout({ records: [started] }) });
    expect(await statusOf("w")).toMatchObject({
      kind: "session",
      terminal: "no_terminal",
      activity: "busy",
      state: "unknown",
    });
    await report("w", { state: "running_tests" });
    expect(await statusOf("w", { no_refresh: true })).toMatchObject({ activity: "busy", state: "running_tests" });
  });

  it("never fails because of tmux", async () => {
    await folder("docs");
    const host = createHost({ env: { PATH: world.root } });
    const seen = await status({ ...world.ctx, host }, op.status.input.parse({ name: "docs" }));
    expect(seen).toMatchObject({
      running: false,
      terminal: "tmux_missing",
      terminal_capture_error: expect.stringContaining("tmux"),
    });
  });
});

describe("idle-check", () => {
  it("finds a fresh worker active, and an old one stale", async () => {
    await shows("docs", "some output");
    await report("docs");
    expect(await check("docs")).toMatchObject({
      health: "active",
      recommended_action: "none",
      terminal_fresh: true,
      status_age_seconds: 0,
    });
    expect(await check("docs", { status_stale_seconds: 0, terminal_stale_seconds: 0 })).toMatchObject({
      health: "stale",
      recommended_action: "ask_for_status",
      terminal_fresh: false,
    });
  });

  it("sees a prompt at once, also without storing what it sees", async () => {
    await shows("docs", DIALOG);
    await report("docs");
    expect(await check("docs", { no_refresh: true })).toMatchObject({
      health: "busy_wait",
      busy_wait_pattern: "approval_prompt",
      recommended_action: "inspect_or_approve",
    });
    expect(await captureRows()).toEqual([]);
  });

  it("judges a session by its rollout and not by a report that it never made", async () => {
    await world.tmux("codex-w", ["sleep", "600"]);
    const started = {
      timestamp: new Date().toISOString(),
      type: "event_msg",
      payload: { type: "task_started", turn_id: "t1" },
    };
    await world.worker({ name: "w", tmux_session: "codex-w", codex_session: world.rollout({ records: [started] }) });
    expect(await check("w")).toMatchObject({
      kind: "session",
      activity: "busy",
      health: "active",
      status_last_update: null,
    });
  });

  it("tells a session without terminal from one whose terminal ended", async () => {
    await world.worker({ name: "app" });
    await folder("docs");
    expect((await check("app")).reason).toContain("registered without a tmux session");
    expect((await check("docs")).reason).toContain("not running");
  });
});

describe("update-status", () => {
  it("writes the row, the audit event, the file and a line", async () => {
    const worker = await folder("docs");
    const said = await report("docs", { blocker: "why" });
    expect(said).toEqual({
      state: "editing",
      current_task: "docs",
      next_action: "links",
      blocker: "why",
      last_update: expect.any(String),
    });
    expect(worker.readJson("status.json").value).toEqual(said);
    expect(eventTypes(worker)).toEqual(["status_updated"]);
    const event = await world.auditEvent("status_updated");
    expect(event).toMatchObject({ actor: "worker", payload: { state: "editing", blocker: "why" } });
    expect(event?.worker_id).toMatch(/^worker-/);
  });

  it("takes a registered worker, under its task, and no manager", async () => {
    const { worker, manager, task } = await world.pair();
    await report(worker.name);
    expect(await world.auditEvent("status_updated")).toMatchObject({
      task_id: task.id,
      session_id: worker.session_id,
      worker_id: null,
    });
    await expect(report(manager.name)).rejects.toMatchObject({ code: "precondition_failed" });
  });

  it("loses no report when two are made at once", async () => {
    const worker = await folder("docs");
    await Promise.all(Array.from({ length: 8 }, (_, n) => report("docs", { current_task: `task ${n}` })));
    expect(worker.readEvents()).toMatchObject({ lines: { length: 8 }, invalid: [] });
    const latest = await world.store.read((tx) => tx.db.statuses.findFirst({ orderBy: { seq: "desc" } }));
    expect((await statusOf("docs")).current_task).toBe(latest?.current_task);
  });

  it("keeps the report when the folder cannot be written, and says so", async () => {
    const worker = await folder("docs");
    mkdirSync(worker.file("status.json"));
    expect((await report("docs")).warnings).toEqual([expect.stringContaining("stored, but not exported")]);
    expect(await world.auditTypes()).toEqual(["status_updated"]);
  });

  it("refuses a folder that claims the terminal of another worker", async () => {
    await folder("one");
    await folder("two", undefined, { tmux_session: "codex-one" });
    await report("one");
    await expect(report("two")).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("codex-one"),
    });
  });
});

describe("nudge", () => {
  it("types into the folder's terminal and keeps only the length", async () => {
    const worker = await folder("docs");
    await world.composer("codex-docs");
    expect(await say("docs", "say $(hello)")).toMatchObject({
      kind: "folder",
      text_length: 12,
      side_effect_completed: true,
    });
    expect(world.composers.received("codex-docs")).toContain("say $(hello)");
    expect(worker.readEvents().lines[0]?.event).toMatchObject({ type: "nudge", text_length: 12 });
    const stored = JSON.stringify([worker.readEvents(), await world.telemetryEvent("worker_nudge_succeeded")]);
    expect(stored).not.toContain("hello");
    expect(await world.telemetryTypes()).toEqual(["worker_nudge_started", "worker_nudge_succeeded"]);
  });

  it("looks only in a dry run, and never types into a dialog", async () => {
    const worker = await shows("docs", DIALOG);
    expect(await say("docs", "yes", { dry_run: true })).toMatchObject({
      pane_pattern_before: "approval_prompt",
      submission: null,
    });
    await expect(say("docs", "yes")).rejects.toMatchObject({ code: "pane_not_ready" });
    expect(eventTypes(worker)).toEqual([]);
    expect(await world.telemetryTypes()).toContain("worker_nudge_failed");
  });

  it("falls back to the session", async () => {
    await world.composer("n");
    await world.worker({ name: "w", tmux_session: "n" });
    expect(await say("w", "hello")).toMatchObject({ kind: "session", name: "w", text_length: 5 });
    expect(await world.auditTypes()).toContain("session_nudged");
  });
});

describe("interrupt", () => {
  it("sends the key and then asks for a report", async () => {
    const worker = await folder("docs", [
      "sh",
      "-c",
      `trap 'echo; echo INTERRUPTED' INT; printf '${WORKING}'; while :; do sleep 0.1; done`,
    ]);
    await expect.poll(() => world.host.tmux.capture({ session: "codex-docs" }, 20)).toContain("esc to interrupt");
    expect(await press("docs", { no_followup: true })).toMatchObject({
      kind: "folder",
      key: "C-c",
      followup: null,
      dry_run: false,
    });
    await expect.poll(() => world.host.tmux.capture({ session: "codex-docs" }, 20)).toContain("INTERRUPTED");
    expect(worker.readEvents().lines[0]?.event).toMatchObject({ type: "interrupt", key: "C-c", followup_length: 0 });
  });

  it("asks in its own words unless told what to ask", async () => {
    await folder("docs");
    await world.composer("codex-docs");
    expect((await press("docs", { key: "Enter", dry_run: true })).followup).toMatch(/update-status 'docs'/);
    const pressed = await press("docs", { key: "Enter", followup: "stop it" });
    expect(pressed.followup).toBe("stop it");
    expect(world.composers.received("codex-docs")).toContain("stop it");
  });

  it("does not end an agent that does nothing, and knows its keys", async () => {
    await folder("docs", ["cat"]);
    await expect(press("docs")).rejects.toMatchObject({ code: "nothing_to_interrupt" });
    await expect(press("docs", { key: "Escpae" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(press("docs", { followup: "x", no_followup: true })).rejects.toMatchObject({ code: "usage" });
    expect(await world.host.tmux.sessionExists("codex-docs")).toBe(true);
  });

  it("falls back to the session with its agent's key", async () => {
    await world.tmux("i", ["sh", "-c", `printf '${WORKING}'; sleep 600`]);
    await world.worker({ name: "w", tmux_session: "i" });
    await expect.poll(() => world.host.tmux.capture({ session: "i" }, 20)).toContain("esc to interrupt");
    expect(await press("w")).toMatchObject({ kind: "session", key: "Escape", followup: null });
  });
});

describe("events", () => {
  const read = (name: string, more: object = {}) =>
    asShown("workers.events", events, world.ctx, op.events.input.parse({ name, ...more }));

  it("filters by type, then keeps the last, and hides what was said", async () => {
    const worker = await folder("docs");
    for (const number of [1, 2, 3])
      worker.appendEvent({ time: "t", type: "nudge", message: `secret ${number}`, number });
    worker.appendEvent({ time: "t", type: "stop" });
    expect((await read("docs")).events).toHaveLength(4);
    expect((await read("docs", { limit: 0 })).events).toEqual([]);
    const { events: last } = await read("docs", { type: "nudge", limit: 2 });
    expect(last).toMatchObject([
      { number: 2, message_redacted: true },
      { number: 3, message_byte_count: 8 },
    ]);
    expect((await read("docs", { include_content: true, limit: 1, type: "nudge" })).events).toMatchObject([
      { message: "secret 3" },
    ]);
  });

  it("counts what is no JSON object in one warning", async () => {
    const worker = await folder("docs");
    worker.appendEvent({ time: "t", type: "create" });
    appendFileSync(worker.file("events.jsonl"), "garbage\n[]\n{half");
    const { events: good, skipped_lines, warnings } = await read("docs");
    expect([good.length, skipped_lines, warnings.length]).toEqual([1, 3, 1]);
    expect(warnings[0]).toContain("3 lines");
  });

  it("knows a session without file, and nobody else", async () => {
    await world.worker({ name: "w" });
    await folder("empty");
    for (const name of ["w", "empty"]) expect(await read(name)).toMatchObject({ events: [], warnings: [] });
    await expect(read("nobody")).rejects.toMatchObject({ code: "not_found" });
  });

  it("follows what is added, from where a reader left off", async () => {
    const worker = await folder("docs");
    worker.appendEvent({ time: "t", type: "one" });
    const controller = new AbortController();
    const follow = (after?: string) =>
      followEvents({ ...world.ctx, signal: controller.signal }, op.followEvents.input.parse({ name: "docs" }), after);
    const items = follow();
    const first = await items.next();
    expect(first.value?.data).toMatchObject({ type: "one" });
    const second = items.next();
    worker.appendEvent({ time: "t", type: "two" });
    expect((await second).value?.data).toMatchObject({ type: "two" });
    await items.return(undefined);
    expect((await follow(first.value?.id).next()).value?.data).toMatchObject({ type: "two" });
    controller.abort();
  });
});

describe("classify", () => {
  const judge = (given: object) => classify(world.ctx, op.classify.input.parse(given));

  it("says what a screen shows, from text or file", async () => {
    const file = join(world.root, "screen.txt");
    writeFileSync(file, "› Ask Codex to do anything\n");
    expect(await judge({ file })).toMatchObject({
      startup: "ready",
      busy_wait: null,
      attention: "none",
      status_age_seconds: 90,
    });
    const text = DIALOG.replaceAll("\\n", "\n");
    expect(await judge({ text, file })).toMatchObject({
      attention: "approval",
      busy_wait: { pattern: "approval_prompt" },
    });
  });

  it("says which keys would be sent into it, and what keeps the others out", async () => {
    const composer = "› Ask Codex to do anything\n\n  ← for agents · ? for shortcuts";
    const title = "[ ! ] Action Required | hello | project";
    expect(await judge({ text: composer })).toMatchObject({
      text_allowed: true,
      enter_allowed: true,
      obstacle: null,
      obstacle_reason: null,
    });
    expect(await judge({ text: composer, title: "Action required: a name | project" })).toMatchObject({
      text_allowed: true,
    });
    expect(await judge({ text: composer, title })).toMatchObject({ text_allowed: false, obstacle: "action_required" });
    expect(await judge({ text: DIALOG.replaceAll("\\n", "\n") })).toMatchObject({
      text_allowed: false,
      enter_allowed: false,
      obstacle: "approval_prompt",
      obstacle_reason: expect.any(String),
    });
    expect(await judge({ text: "$ " })).toMatchObject({ text_allowed: false, obstacle: "unknown_screen" });
  });

  it("waits before it calls a busy screen stuck", async () => {
    const text = "• Working (2s • esc to interrupt)";
    expect(await judge({ text, status_age_seconds: 10 })).toMatchObject({
      startup: "working",
      busy_wait: null,
      patterns: ["long_running_interruptible"],
    });
    expect((await judge({ text })).busy_wait?.pattern).toBe("long_running_interruptible");
  });

  it("refuses a file that is none", async () => {
    await expect(judge({ file: join(world.root, "missing") })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(judge({ file: world.root })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(judge({})).rejects.toMatchObject({ code: "usage" });
    rmSync(join(world.root, "missing"), { force: true });
  });
});
