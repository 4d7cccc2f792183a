import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import {
  ASSET_STATUSES,
  ASSET_TRANSITIONS,
  ASSIGNMENT_STATUSES,
  ASSIGNMENT_TRANSITIONS,
} from "@conveyor/contracts/campaigns/words";
import { type FixedClock, fixedClock } from "@conveyor/host";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { addSlot } from "./add-slot.ts";
import { archiveSlot } from "./archive-slot.ts";
import { asset, review } from "./asset.ts";
import { assign, assignment } from "./assign.ts";
import { attachSlot } from "./attach-slot.ts";
import { brief } from "./brief.ts";
import { close, closeout } from "./closeout.ts";
import { create } from "./create.ts";
import { dashboard } from "./dashboard.ts";
import { history, onChange } from "./history.ts";
import { rotateSlot } from "./rotate-slot.ts";
import { list, status } from "./status.ts";
import { update } from "./update.ts";

const DOING = {
  addSlot,
  archiveSlot,
  asset,
  assign,
  assignment,
  attachSlot,
  brief,
  close,
  closeout,
  create,
  dashboard,
  history,
  list,
  review,
  rotateSlot,
  status,
  update,
};
type Verb = keyof typeof DOING;
type Named = (typeof operations)["campaigns"];

let world: World;
let clock: FixedClock;
/** The campaign that is meant unless another is named; each test has one of its own. */
let own = "";
let campaigns = 0;

/** Call an operation as a caller would, on the campaign of the test unless another is named. */
function say<Name extends Verb>(
  verb: Name,
  call: Omit<CallOf<Named[Name]>, "name"> & { name?: string },
  ctx = world.ctx,
): ReturnType<(typeof DOING)[Name]> {
  const named = verb === "list" ? call : { name: own, ...call };
  const input = operations.campaigns[verb].input.strict().parse(named);
  return (DOING[verb] as (ctx: unknown, input: unknown) => unknown)(ctx, input) as ReturnType<(typeof DOING)[Name]>;
}

const begin = (name = own) => say("create", { name, objective: "three clips for each channel" });
const place = (slot_key = "tiktok", more: Partial<CallOf<Named["addSlot"]>> = {}) =>
  say("addSlot", { slot_key, role_label: "clips", thread_id: `${own}-${slot_key}`, ...more });
const give = (slot = "tiktok", more: Partial<CallOf<Named["assign"]>> = {}) =>
  say("assign", { slot, title: "clip 1", instructions: "twenty seconds", ...more });
const receipt = (more: Partial<CallOf<Named["asset"]>> = {}) =>
  say("asset", { slot: "tiktok", asset_type: "video", title: "clip 1", ...more });

function open(): void {
  clock = fixedClock("2026-01-02T03:04:05.000Z");
  world = createWorld({ clock });
}

async function anotherCampaign(): Promise<void> {
  campaigns += 1;
  own = `launch-${campaigns}`;
  await begin();
}

describe("a campaign", () => {
  beforeAll(open);
  beforeEach(anotherCampaign);
  afterAll(() => world.close());

  it("begins once, and answers the same name and content with the first", async () => {
    const again = await begin();
    expect(again).toMatchObject({ created: false, campaign: { status: "active", metadata: {} } });
    expect(again.ledger_readback).toMatchObject({
      ok: true,
      checks: [{ entity: "campaign", key: own, ok: true }],
    });
    await expect(say("create", { name: own, objective: "another" })).rejects.toMatchObject({ code: "conflict" });
    expect(await say("history", {})).toHaveLength(1);
    expect((await world.auditTypes()).filter((type) => type === "campaign_created")).toHaveLength(campaigns);
  });

  it("keeps key, channel, thread and session of its slots, and refuses a key that is taken in words", async () => {
    const worker = await world.worker({ name: "ann", codex_app_thread_id: "thr-ann" });
    const { slot_id } = await say("addSlot", {
      slot_key: "tiktok",
      role_label: "clips",
      session_id: "ann",
      channel: "tiktok",
    });
    const { slots } = await say("status", {});
    expect(slots).toMatchObject([
      {
        id: slot_id,
        session_id: worker.session_id,
        codex_app_thread_id: "thr-ann",
        state: "planned",
        asset_receipts: 0,
      },
    ]);
    await expect(place()).rejects.toThrow(/has a slot "tiktok" already/);
    await world.manager({ name: "boss" });
    await expect(place("x", { session_id: "boss" })).rejects.toMatchObject({ code: "precondition_failed" });
  });

  it("changes of a slot only what is given, and empties what is asked for", async () => {
    await place("tiktok", { thread_title: "Clips", metadata: { tone: "dry" } });
    const { slot } = await say("attachSlot", { slot: "tiktok", thread_id: "thr-2" });
    expect(slot).toMatchObject({
      codex_app_thread_id: "thr-2",
      codex_app_thread_title: "Clips",
      metadata: { tone: "dry" },
      state: "active",
    });
    const emptied = await say("attachSlot", { slot: "tiktok", clear_thread: true, state: "idle" });
    expect(emptied.slot).toMatchObject({ codex_app_thread_id: null, codex_app_thread_title: null, state: "idle" });
    await expect(say("attachSlot", { slot: "tiktok", clear_thread: true, thread_id: "t" })).rejects.toMatchObject({
      code: "conflicting_flags",
    });
    expect((await world.auditEvent("campaign_slot_attached"))?.payload).toMatchObject({
      changed: ["codex_app_thread_id", "codex_app_thread_title", "state"],
    });
  });

  it("rotates and archives a slot only by its exact thread, to one that nobody has", async () => {
    await place();
    await place("youtube");
    const rotate = (expected_thread_id: string, thread_id: string) =>
      say("rotateSlot", { slot: "tiktok", expected_thread_id, thread_id });
    for (const [expected, fresh] of [
      ["thr-wrong", "thr-2"],
      [`${own}-tiktok `, "thr-2"],
      [`${own}-tiktok`, `${own}-tiktok`],
      [`${own}-tiktok`, `${own}-youtube`],
    ] as const) {
      await expect(rotate(expected, fresh)).rejects.toMatchObject({ code: "conflict" });
    }
    const archive = (expected_thread_id: string) => say("archiveSlot", { slot: "tiktok", expected_thread_id });
    await expect(archive("thr-2")).rejects.toMatchObject({ code: "conflict" });
    expect((await say("history", { entity: "slot" })).map(({ change }) => change)).toEqual(["created", "created"]);
    expect((await rotate(`${own}-tiktok`, "thr-2")).slot.codex_app_thread_id).toBe("thr-2");
    expect((await archive("thr-2")).slot.state).toBe("archived");
    await expect(give()).rejects.toMatchObject({ code: "precondition_failed" });
    await expect(say("attachSlot", { slot: "tiktok" })).rejects.toMatchObject({ code: "precondition_failed" });
    const back = await say("attachSlot", { slot: "tiktok", reopen: true });
    expect(back.slot.state).toBe("active");
  });

  it("lets of two rotations at once one through", async () => {
    await place();
    const other = world.otherCtx();
    const rotate = (thread_id: string, ctx = world.ctx) =>
      say("rotateSlot", { slot: "tiktok", expected_thread_id: `${own}-tiktok`, thread_id }, ctx);
    const ended = await Promise.allSettled([rotate("thr-a"), rotate("thr-b", other)]);
    await other.store.close();
    expect(ended.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("replaces a brief as a whole and keeps its id; one that is too long is refused and the old one stays", async () => {
    const first = await say("brief", { channel: "tiktok", brief: { tone: "dry", seconds: 20 } });
    const second = await say("brief", { channel: "tiktok", brief: { tone: "warm" } });
    expect(second.brief_id).toBe(first.brief_id);
    expect(() => say("brief", { channel: "tiktok", brief: { text: "x".repeat(5_000_000) } })).toThrow(
      /longer than 1 MiB/,
    );
    expect((await say("status", {})).channel_briefs).toMatchObject([{ channel: "tiktok", brief: { tone: "warm" } }]);
  });

  it("has one receipt for an assignment unless a further one is asked for", async () => {
    await place();
    await place("youtube");
    const { assignment_id } = await give();
    const { asset_receipt_id } = await receipt({ assignment: assignment_id });
    await expect(receipt({ assignment: assignment_id })).rejects.toThrow(
      new RegExp(`${asset_receipt_id}.*--allow-additional-receipt.*deliberate variants or revisions only`),
    );
    await expect(receipt({ assignment: assignment_id, slot: "youtube" })).rejects.toMatchObject({
      code: "precondition_failed",
    });
    await receipt({ assignment: assignment_id, allow_additional_receipt: true });
    await receipt();
    await receipt();
    const report = await say("closeout", {});
    expect(report.receipt_counts_by_assignment).toEqual([{ assignment_id, receipt_count: 2, slot_key: "tiktok" }]);
    expect(report.workers[0]?.receipt_ids).toHaveLength(4);
    expect(report.proof_checks[3]).toMatchObject({ check: "assignment_receipt_counts", status: "attention" });
  });

  it("puts what was rejected right by a later receipt of the same assignment", async () => {
    await place();
    const { assignment_id } = await give("tiktok", { status: "done" });
    const first = await receipt({ assignment: assignment_id, status: "needs_review" });
    await say("review", { asset: first.asset_receipt_id, status: "rejected", reviewer: "Ann", notes: "too long" });
    expect((await say("dashboard", {})).blocker_codes).toEqual(["asset_rejected"]);
    expect((await say("closeout", {})).verdict).toBe("blocked");
    const again = { assignment: assignment_id, allow_additional_receipt: true, title: "clip 1b" };
    const second = await receipt({ ...again, status: "needs_review" });
    expect(await say("closeout", {})).toMatchObject({ verdict: "needs_review", blockers: [] });
    await say("review", { asset: second.asset_receipt_id, status: "approved", reviewer: "Ann" });
    expect((await say("closeout", {})).verdict).toBe("ready_to_close");
  });

  it("is closed when its closeout is ready, or by force with a reason, and says that this grants nothing", async () => {
    await place();
    const { assignment_id } = await give();
    await expect(say("close", {})).rejects.toMatchObject({
      code: "gate_failed",
      details: { verdict: "needs_work", next_manager_action: { action: "monitor_workers" } },
    });
    await expect(say("close", { force: true })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(say("update", { status: "done" })).rejects.toMatchObject({ code: "precondition_failed" });
    await say("assignment", { assignment_id, status: "active" });
    await say("assignment", { assignment_id, status: "done" });
    await receipt({ assignment: assignment_id, status: "approved" });
    const closed = await say("close", {});
    expect(closed).toMatchObject({
      closed: true,
      forced: false,
      permission_to_publish: false,
      campaign: { status: "done" },
    });
    expect(await say("close", {})).toMatchObject({ closed: false, change: null });
    await expect(give()).rejects.toMatchObject({ code: "precondition_failed" });
    await expect(say("update", { status: "active" })).rejects.toMatchObject({ code: "invalid_input" });
    await say("update", { status: "active", reopen: true, reason: "one more clip" });
    await give();
    const forced = await say("close", { force: true, reason: "called off" });
    expect(forced).toMatchObject({ forced: true, change: { forced: true, reason: "called off", to: "done" } });
    expect((await world.telemetryEvent("campaign_closed"))?.severity).toBe("warning");
  });

  it("stands in commands to copy in quotes that no shell opens", async () => {
    const name = "it's $(id)";
    await begin(name);
    const quoted = `--name 'it'"'"'s $(id)'`;
    await expect(say("close", { name })).rejects.toMatchObject({ hint: expect.stringContaining(quoted) });
    await expect(say("update", { name, status: "done" })).rejects.toMatchObject({
      hint: expect.stringContaining(quoted),
    });
    await expect(say("create", { name, objective: "else" })).rejects.toMatchObject({
      hint: expect.stringContaining(quoted),
    });
    await expect(say("archiveSlot", { name, slot: "x", expected_thread_id: "t" })).rejects.toMatchObject({
      hint: expect.stringContaining(quoted),
    });
  });

  it("holds two campaigns of the same shape apart", async () => {
    await begin("second");
    await place();
    await say("addSlot", { name: "second", slot_key: "tiktok", role_label: "clips", thread_id: "thr-other" });
    const { assignment_id } = await give();
    await expect(say("assignment", { name: "second", assignment_id, status: "done" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(
      say("asset", { name: "second", slot: "tiktok", asset_type: "copy", title: "x", assignment: assignment_id }),
    ).rejects.toMatchObject({ code: "not_found" });
    expect((await say("dashboard", { name: "second" })).summary).toMatchObject({
      active_slots: 0,
      assignment_total: 0,
    });
    expect((await say("list", {})).slice(-2).map(({ name }) => name)).toEqual([own, "second"]);
  });

  it("takes the worker of the task that a slot stands for, whoever that is", async () => {
    const { task, worker } = await world.pair({ task: "auth", worker: { codex_app_thread_id: "thr-w" } });
    await say("addSlot", { slot_key: "auth", role_label: "code", task: "auth", state: "active" });
    const shown = (await say("dashboard", {})).slots[0];
    expect(shown).toMatchObject({
      codex_app_thread_id: "thr-w",
      session: { id: worker.session_id, role: "worker" },
      task: { id: task.id, name: "auth", state: "managed", pending_items: 0 },
      lifecycle: { state: "active" },
    });
    await world.worker({ name: "other" });
    await expect(
      say("addSlot", { slot_key: "x", role_label: "code", task: "auth", session_id: "other" }),
    ).rejects.toMatchObject({ code: "precondition_failed" });
    await world.task({ name: "alone" });
    await expect(say("addSlot", { slot_key: "x", role_label: "code", task: "alone" })).rejects.toMatchObject({
      code: "no_active_binding",
    });
    await clock.advance(301_000);
    expect((await say("dashboard", {})).slots[0]?.lifecycle).toMatchObject({ state: "stale", stale_seconds: 301 });
  });

  it("moves the worker of the task that a slot stands for along with the slot, or neither", async () => {
    await world.pair({ task: "moved", worker: { codex_app_thread_id: "thr-m1" } });
    await say("addSlot", { slot_key: "moved", role_label: "code", task: "moved" });
    await world.worker({ name: "elsewhere", codex_app_thread_id: "thr-held" });
    const rotate = (thread_id: string) =>
      say("rotateSlot", { slot: "moved", expected_thread_id: "thr-m1", thread_id, thread_title: "Fresh" });
    await expect(rotate("thr-held")).rejects.toMatchObject({ code: "conflict" });
    expect((await say("dashboard", {})).slots[0]?.codex_app_thread_id).toBe("thr-m1");
    const { rotation_receipt } = await rotate("thr-m2");
    expect(await world.telemetryEvent("app_worker_rotation_recorded")).toMatchObject({ id: rotation_receipt });
    const shown = (await say("dashboard", {})).slots[0];
    expect(shown).toMatchObject({
      codex_app_thread_id: "thr-m2",
      session: { name: "moved-worker", codex_app_thread_id: "thr-m2", last_heartbeat_at: null },
    });
  });

  it("is judged by no worker: that is the manager's and people's", async () => {
    await place();
    await world.worker({ name: "eve", codex_app_thread_id: "thr-eve" });
    await world.manager({ name: "chief", codex_app_thread_id: "thr-chief" });
    const as = (caller_thread_id: string) => ({
      ...world.ctx,
      settings: { ...world.ctx.settings, caller_thread_id },
    });
    const own = { slot: "tiktok", asset_type: "copy", title: "x" } as const;
    const draft = await say("asset", own, as("thr-eve"));
    await expect(say("asset", { ...own, status: "approved" }, as("thr-eve"))).rejects.toMatchObject({
      code: "permission_denied",
    });
    const judge = (status: "needs_review" | "approved", thread: string) =>
      say("review", { asset: draft.asset_receipt_id, status, reviewer: "Ann" }, as(thread));
    expect((await judge("needs_review", "thr-eve")).asset.reviewed_by).toBeNull();
    await expect(judge("approved", "thr-eve")).rejects.toMatchObject({ code: "permission_denied" });
    await expect(judge("approved", "thr-unknown")).rejects.toMatchObject({ code: "permission_denied" });
    await expect(say("close", { force: true, reason: "x" }, as("thr-eve"))).rejects.toMatchObject({
      code: "permission_denied",
    });
    expect((await judge("approved", "thr-chief")).asset).toMatchObject({ status: "approved", reviewed_by: "Ann" });
  });

  it("is followed without gaps: every change once, in order, also after a break", async () => {
    const items = onChange(world.ctx, { backlog: 0 });
    const mark = (await items.next()).value;
    expect(mark).toMatchObject({ data: null });
    const coming = items.next();
    await place();
    expect((await coming).value?.data).toMatchObject({
      entity: "slot",
      change: "created",
      campaign: { name: own },
    });
    await items.return(undefined);
    const { assignment_id } = await give();
    await say("assignment", { assignment_id, status: "active" });
    const again = onChange(world.ctx, { name: own, backlog: 0 }, (mark as { id: string }).id);
    const seen = [await again.next(), await again.next(), await again.next()].map(({ value }) => value?.data);
    expect(seen).toMatchObject([
      { entity: "slot" },
      { entity: "assignment", change: "created", to: "queued" },
      { entity: "assignment", from: "queued", to: "active", by: "operator" },
    ]);
    await again.return(undefined);
    await expect(onChange(world.ctx, { backlog: 0 }, "x").next()).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("shows the newest of a slot, and the older ones behind a cursor", async () => {
    await place();
    const ids: string[] = [];
    for (let i = 1; i <= 7; i += 1) ids.push((await give("tiktok", { title: `clip ${i}` })).assignment_id);
    const first = (await say("dashboard", { items: 3 })).slots[0];
    expect(first?.assignments.map(({ id }) => id)).toEqual(ids.slice(4));
    expect(first).toMatchObject({ active_assignments: 7, earlier: { assignments: 4, assets: 0 } });
    const next = await say("dashboard", { slot: "tiktok", items: 3, assignments_before: ids[4] as string });
    expect(next.slots[0]?.assignments.map(({ id }) => id)).toEqual(ids.slice(1, 4));
    expect(next.slots[0]?.earlier.assignments).toBe(1);
    await place("youtube");
    expect((await say("dashboard", { after: "tiktok" })).slots.map(({ slot_key }) => slot_key)).toEqual(["youtube"]);
    expect((await say("history", { limit: 2 })).map(({ entity }) => entity)).toEqual(["campaign", "slot"]);
  });
});

describe("statuses", () => {
  beforeAll(async () => {
    open();
    await anotherCampaign();
    await place();
  });
  afterAll(() => world.close());

  it.each(ASSIGNMENT_STATUSES.flatMap((from) => ASSIGNMENT_STATUSES.map((to) => [from, to] as const)))(
    "of an assignment: %s to %s as the table says",
    async (from, to) => {
      const { assignment_id } = await give("tiktok", { status: from });
      const rule = from === to ? "same" : ASSIGNMENT_TRANSITIONS[from][to];
      const plain = say("assignment", { assignment_id, status: to });
      if (rule === "same") expect(await plain).toMatchObject({ updated: false, change: null });
      else if (rule === "free") {
        expect(await plain).toMatchObject({ updated: true, change: { from, to } });
        const done = (await plain).assignment.completed_at;
        expect(done === null).toBe(to !== "done");
      } else if (rule === "reopen") {
        await expect(plain).rejects.toMatchObject({ code: "invalid_input", details: { field: "reopen" } });
        await expect(say("assignment", { assignment_id, status: to, reopen: true })).rejects.toMatchObject({
          code: "invalid_input",
        });
        const opened = await say("assignment", { assignment_id, status: to, reopen: true, reason: "once more" });
        expect(opened.assignment).toMatchObject({ status: to, completed_at: null });
      } else await expect(plain).rejects.toMatchObject({ code: "precondition_failed", details: { from, to } });
    },
  );

  const wanted = ["needs_review", "approved", "rejected", "published"] as const;
  it.each(ASSET_STATUSES.flatMap((from) => wanted.map((to) => [from, to] as const)))(
    "of an asset: %s to %s as the table says",
    async (from, to) => {
      const { asset_receipt_id } = await receipt({ status: from });
      const rule = from === to ? "same" : ASSET_TRANSITIONS[from][to];
      const decide = (notes?: string) => say("review", { asset: asset_receipt_id, status: to, reviewer: "Ann", notes });
      if (rule === undefined) return expect(decide()).rejects.toMatchObject({ code: "precondition_failed" });
      if (rule === "reason") await expect(decide()).rejects.toMatchObject({ code: "invalid_input" });
      const decided = await decide("as it is");
      expect(decided.permission_to_publish).toBe(false);
      expect(decided.updated).toBe(rule !== "same");
      if (rule !== "same") expect(decided.asset.reviewed_by).toBe(to === "needs_review" ? null : "Ann");
      return undefined;
    },
  );

  it.each([
    ["active", "active", {}, null],
    ["active", "paused", {}, null],
    ["paused", "blocked", {}, "invalid_input"],
    ["paused", "blocked", { reason: "no budget" }, null],
    ["blocked", "active", {}, null],
    ["active", "archived", { reason: "called off" }, null],
    ["archived", "active", { reopen: true, reason: "after all" }, "precondition_failed"],
  ] as const)("of a campaign: %s to %s with %j", async (from, to, more, code) => {
    await say("create", { name: "moving", objective: "o" });
    expect((await say("status", { name: "moving" })).campaign.status).toBe(from);
    const moved = say("update", { name: "moving", status: to, ...more });
    if (code !== null) await expect(moved).rejects.toMatchObject({ code });
    else expect((await moved).campaign.status).toBe(to);
  });
});

describe("the file of an asset", () => {
  beforeAll(async () => {
    open();
    await anotherCampaign();
    await place();
    mkdirSync(join(world.cwd, "clips/folder"), { recursive: true });
    mkdirSync(join(world.cwd, ".git/refs"), { recursive: true });
    writeFileSync(join(world.cwd, "clips/1.mp4"), Buffer.from([0, 0, 0, 24, 102, 116, 121, 112]));
    writeFileSync(join(world.cwd, "clips/copy.md"), "Twenty dry seconds.");
    writeFileSync(join(world.root, "outside.md"), "Twenty dry seconds.");
    writeFileSync(join(world.cwd, "clips/secret.md"), `token: ghp_${"a1B2".repeat(9)}\n`);
    writeFileSync(join(world.cwd, "clips/late.md"), `${"dry words ".repeat(60_000)}\nghp_${"a1B2".repeat(9)}\n`);
    writeFileSync(join(world.cwd, "clips/packed.bin"), Buffer.from("504b030400000000", "hex"));
    writeFileSync(join(world.cwd, ".env"), "A=1");
    symlinkSync(join(world.root, "outside.md"), join(world.cwd, "clips/link.md"));
    symlinkSync(world.root, join(world.cwd, "way"));
  });
  afterAll(() => world.close());

  it.each([
    ["clips/1.mp4", []],
    ["clips/copy.md", []],
    ["clips/../clips/copy.md", []],
    ["clips/planned.mp4", ["artifact_missing"]],
  ])("may be %s", async (artifact_path, warnings) => {
    const made = await receipt({ artifact_path, root: join(world.cwd, "clips/..") });
    expect(made.warnings).toEqual(warnings);
    const shown = (await say("dashboard", {})).slots[0]?.assets.at(-1);
    expect(shown?.artifact_path).toBe(artifact_path.replace("clips/../", ""));
    expect(shown?.artifact_sha256 === null).toBe(warnings.length > 0);
  });

  it("belongs to the repository around the folder that is named", async () => {
    await receipt({ artifact_path: join(world.cwd, "clips/copy.md"), root: join(world.cwd, "clips/folder") });
    expect((await say("dashboard", {})).slots[0]?.assets.at(-1)?.artifact_path).toBe("clips/copy.md");
  });

  it.each([
    ["../outside.md", "outside the project"],
    ["/etc/passwd", "outside the project"],
    [".", "outside the project"],
    ["clips/link.md", "through a link"],
    ["way/outside.md", "through a link"],
    ["clips/folder", "no plain file"],
    ["clips/copy.md/x", "no plain file"],
    ["clips/secret.md", "looks like a secret"],
    ["clips/late.md", "looks like a secret"],
    [`clips/ghp_${"a1B2".repeat(9)}.md`, "looks like a secret"],
    ["clips/packed.bin", "archives"],
    ["clips/app.ipa", "archives"],
    [".env", "keys"],
    [".git/config", "keys"],
  ])("is refused as %s: %s", async (artifact_path, why) => {
    const before = (await say("dashboard", {})).summary.asset_total;
    const refused = await receipt({ artifact_path, root: world.cwd }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid_input", details: { field: "artifact_path" } });
    expect(String(refused)).toContain(why);
    expect(String(refused)).not.toContain("ghp_");
    expect((await say("dashboard", {})).summary.asset_total).toBe(before);
  });

  it.each(["title", "prompt_summary", "review_notes"] as const)("goes with no secret in its %s", async (field) => {
    const refused = await receipt({ [field]: `ghp_${"a1B2".repeat(9)}` }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid_input", details: { field } });
    expect(String(refused)).not.toContain("ghp_");
  });
});
