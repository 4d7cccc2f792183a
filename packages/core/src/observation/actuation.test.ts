import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { interrupt } from "./interrupt.ts";
import { nudge } from "./nudge.ts";

const DIALOG = "  Would you like to run the following command?\\n\\n› 1. Yes, proceed (y)\\n  2. No\\n";
const WORKING = "• Working (2s • esc to interrupt)\\n";

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** A worker at its composer. */
async function composerWorker(tmux_session: string) {
  await world.composer(tmux_session);
  const { name } = await world.worker({ tmux_session });
  return { name, received: () => world.composers.received(tmux_session) };
}

async function paneWorker(tmux_session: string, argv: readonly string[]) {
  await world.tmux(tmux_session, argv);
  const { name, session_id } = await world.worker({ tmux_session });
  return { name, session_id, tmux_session };
}

/** A pane that shows a screen and then does nothing. */
async function screen(tmux_session: string, text: string) {
  const worker = await paneWorker(tmux_session, ["sh", "-c", `printf '${text}'; sleep 600`]);
  const shown = () => world.host.tmux.capture({ session: tmux_session }, 20);
  await expect.poll(shown, { timeout: 10_000 }).not.toBe("");
  return worker;
}

function type(session: string, text: string, more: Partial<Parameters<typeof nudge>[1]> = {}) {
  return nudge(world.ctx, { session, text, dry_run: false, force: false, no_submit: false, ...more });
}

function press(session: string, more: Partial<Parameters<typeof interrupt>[1]> = {}) {
  return interrupt(world.ctx, { session, dry_run: false, force: false, ...more });
}

async function records() {
  return world.store.read(async (tx) => ({
    events: await tx.db.events.findMany({ where: { type: { startsWith: "session_" } }, orderBy: { seq: "asc" } }),
    telemetry: await tx.db.telemetry_events.findMany({ orderBy: { seq: "asc" } }),
  }));
}

describe("session-nudge", () => {
  it("types the text and presses Enter, and keeps only its length", async () => {
    const worker = await composerWorker("n-composer");
    const result = await type(worker.name, "say hello; $(rm -rf /) 'quoted'");
    expect(result).toMatchObject({ side_effect_started: true, side_effect_completed: true, dry_run: false });
    // The blanks at its ends keep the composer from taking it for a command of its own.
    expect(worker.received()).toBe("\u001b[200~ say hello; $(rm -rf /) 'quoted' \u001b[201~\r");
    const { events, telemetry } = await records();
    const nudged = events.filter((event) => event.type === "session_nudged");
    expect(nudged.map((event) => JSON.parse(event.payload_json))).toEqual([
      { session: worker.name, success: true, dry_run: false, text_length: 31 },
    ]);
    expect(telemetry.map((event) => event.event_type)).toEqual(
      expect.arrayContaining(["session_nudge_started", "session_nudge_succeeded"]),
    );
    expect(JSON.stringify([events, telemetry])).not.toContain("say hello");
  });

  it("never types into a dialog, and records that it did not", async () => {
    const worker = await screen("n-dialog", DIALOG);
    await expect(type(worker.name, "approve nothing")).rejects.toMatchObject({
      code: "pane_not_ready",
      details: { pattern: "approval_prompt" },
    });
    const { events } = await records();
    expect(events.map((event) => JSON.parse(event.payload_json).success)).toContain(false);
    expect(await world.host.tmux.capture({ session: "n-dialog" }, 20)).not.toContain("approve nothing");
  });

  it("looks and touches nothing in a dry run", async () => {
    const worker = await composerWorker("n-dry");
    const result = await type(worker.name, "only a look", { dry_run: true });
    expect(result).toMatchObject({ dry_run: true, side_effect_started: false, submission: null });
    expect(worker.received()).toBe("");
  });

  it("types once for one idempotency key, and refuses the key for another text", async () => {
    const worker = await composerWorker("n-once");
    const first = await type(worker.name, "only once", { idempotency_key: "k1" });
    expect(await type(worker.name, "only once", { idempotency_key: "k1" })).toEqual(first);
    await expect(type(worker.name, "something else", { idempotency_key: "k1" })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
    expect(worker.received()).toBe("\u001b[200~ only once \u001b[201~\r");
  });

  it.each([
    ["a program that nobody knows", ["cat"], { code: "pane_not_ready", details: { pattern: "unknown_screen" } }],
    ["a shell, forced or not", ["sh"], { code: "agent_gone" }],
    [
      "a screen that only looks like an agent's",
      ["sh", "-c", "printf '› '; sleep 600"],
      { code: "pane_not_ready", details: { pattern: "unknown_screen" } },
    ],
  ])("types nothing into %s", async (_what, argv, refusal) => {
    const worker = await paneWorker("n-unknown", argv);
    await expect(type(worker.name, "echo hello")).rejects.toMatchObject(refusal);
    if (refusal.code === "agent_gone") {
      await expect(type(worker.name, "echo hello", { force: true })).rejects.toMatchObject(refusal);
    }
    expect(await world.host.tmux.capture({ session: "n-unknown" }, 20)).not.toContain("hello");
  });

  it.each([
    ["12:00 AM", null],
    ["Dec 3rd, 2999 10:38 AM", "usage_limit"],
  ])("waits for the end of a usage limit, which is at %s", async (end, pattern) => {
    const composer = "› Ask Codex to do anything\\n\\n  ← for agents · ? for shortcuts";
    const worker = await screen("n-limit", `■ You’ve hit your usage limit. try again at ${end}.\\n\\n${composer}`);
    expect(await type(worker.name, "go on", { dry_run: true })).toMatchObject({ pane_pattern_before: pattern });
  });

  it("presses Enter in a menu, but not while a call of the rollout waits for approval or the rollout cannot be read", async () => {
    const dialog = "  Select\n\n› 1. One\n  2. Two\n\n  enter select · esc back";
    const at = new Date().toISOString();
    const started = {
      timestamp: at,
      type: "event_msg",
      payload: { type: "task_started", turn_id: "t1", started_at: 1 },
    };
    const call = {
      timestamp: at,
      type: "response_item",
      payload: {
        type: "function_call",
        name: "exec_command",
        call_id: "c1",
        arguments: JSON.stringify({ cmd: "rm -rf build", sandbox_permissions: "require_escalated" }),
      },
    };
    const answer = {
      timestamp: at,
      type: "response_item",
      payload: { type: "function_call_output", call_id: "c1", output: "" },
    };
    const enter = async (tmux_session: string, records: readonly object[], isReadable = true) => {
      await world.composer(tmux_session, { dialog });
      const rollout = world.rollout({ records });
      const { name } = await world.worker({ tmux_session, codex_session: rollout });
      if (!isReadable) rmSync(rollout);
      return type(name, "");
    };
    const refused = { code: "pane_not_ready", details: { pattern: "enter_to_confirm" } };

    await expect(enter("e-waits", [started, call])).rejects.toMatchObject(refused);
    await expect(enter("e-unreadable", [started], false)).rejects.toMatchObject(refused);
    for (const session of ["e-waits", "e-unreadable"]) expect(world.composers.received(session)).toBe("");
    await enter("e-answered", [started, call, answer]);
    await enter("e-idle", []);
    for (const session of ["e-answered", "e-idle"]) expect(world.composers.received(session)).toBe("\r");
  });

  it("puts off what would stand beside somebody's draft", async () => {
    await world.composer("n-draft", { draft: "merge only after" });
    const { name } = await world.worker({ tmux_session: "n-draft" });
    await expect(type(name, "status please")).rejects.toMatchObject({
      code: "composer_not_empty",
      details: { pattern: "unsubmitted_input" },
      hint: expect.stringContaining("clear"),
    });
    expect(world.composers.received("n-draft")).toBe("");
  });

  it("refuses a text of nothing but control characters, which would be an Enter alone", async () => {
    await world.composer("n-control");
    const { name } = await world.worker({ tmux_session: "n-control" });
    await expect(type(name, "\u0001\u001b \n")).rejects.toMatchObject({ code: "invalid_input" });
    expect(world.composers.received("n-control")).toBe("");
  });

  it("frees the key of a nudge that never reached the pane", async () => {
    const worker = await screen("n-free", DIALOG);
    await expect(type(worker.name, "later", { idempotency_key: "k2" })).rejects.toMatchObject({
      code: "pane_not_ready",
    });
    await expect(type(worker.name, "later", { idempotency_key: "k2" })).rejects.toMatchObject({
      code: "pane_not_ready",
    });
  });

  it("sends a session without terminal to the inbox instead", async () => {
    const { name } = await world.worker();
    await expect(type(name, "hello")).rejects.toMatchObject({
      code: "precondition_failed",
      hint: expect.stringContaining("enqueue-nudge-worker"),
    });
  });

  it("tells a closed terminal from one that never was", async () => {
    const worker = await paneWorker("n-closed", ["cat"]);
    await world.host.tmux.kill("n-closed");
    await expect(type(worker.name, "hello")).rejects.toMatchObject({
      code: expect.stringMatching(/^tmux_(no_server|session_missing)$/),
    });
  });
});

describe("session-interrupt", () => {
  it("sends no key to an agent that does nothing", async () => {
    const worker = await paneWorker("i-idle", ["cat"]);
    await expect(press(worker.name)).rejects.toMatchObject({ code: "nothing_to_interrupt" });
  });

  it("presses the agent's own key while a turn runs", async () => {
    const worker = await screen("i-busy", WORKING);
    expect(await press(worker.name)).toMatchObject({ key: "Escape", side_effect_completed: true, interrupted: null });
    const { events } = await records();
    expect(events.at(-1)).toMatchObject({ type: "session_interrupted" });
  });

  it("obeys an explicit key that tmux knows, and refuses one it does not", async () => {
    const worker = await paneWorker("i-key", ["cat"]);
    expect(await press(worker.name, { key: "Tab" })).toMatchObject({ key: "Tab" });
    await expect(press(worker.name, { key: "Escpae" })).rejects.toMatchObject({ code: "invalid_input" });
  });
});
