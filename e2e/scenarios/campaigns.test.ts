import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Conveyor } from "@conveyor/sdk";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import { fillLedger } from "../support/world/ledger.ts";
import type { World } from "../support/world/world.ts";

const NAME = ["--name", "launch"] as const;

inEveryMode("a campaign is run by its commands, from its beginning to its export", async (world) => {
  const begin = ["campaign", "create", ...NAME, "--objective", "three clips"] as const;
  const { campaign_id, ledger_readback } = await world.ask<"campaigns.create">(...begin);
  expect(ledger_readback.checks).toEqual([{ entity: "campaign", id: campaign_id, key: "launch", ok: true }]);
  expect(await world.ask<"campaigns.create">(...begin)).toMatchObject({ campaign_id, created: false });
  expect((await world.refused("campaign", "create", ...NAME, "--objective", "else")).error.code).toBe("conflict");
  expect((await world.refused("campaign", "assets", ...NAME)).error.hint).toContain("campaign dashboard");

  const place = ["campaign", "add-slot", ...NAME, "--role-label", "clips"] as const;
  const { slot_id } = await world.ask<"campaigns.addSlot">(...place, "--slot-key", "tiktok", "--thread-id", "thr-1");
  await world.ask<"campaigns.addSlot">(...place, "--slot-key", "youtube");
  const attach = ["campaign", "attach-slot", ...NAME, "--slot", "youtube", "--thread-id", "thr-9"] as const;
  expect((await world.ask<"campaigns.attachSlot">(...attach)).slot.state).toBe("active");
  const slot = ["--slot", "tiktok"] as const;
  const rotate = ["campaign", "rotate-slot", ...NAME, ...slot, "--thread-id", "thr-2", "--expected-thread-id"] as const;
  expect((await world.refused(...rotate, "thr-x")).error).toMatchObject({
    code: "conflict",
    details: { slot_key: "tiktok" },
  });
  expect((await world.ask<"campaigns.rotateSlot">(...rotate, "thr-1")).slot.codex_app_thread_id).toBe("thr-2");
  const archive = ["campaign", "archive-slot", ...NAME, "--slot", "youtube", "--expected-thread-id"] as const;
  expect((await world.refused(...archive, "thr-2")).code).toBe(2);
  expect((await world.ask<"campaigns.archiveSlot">(...archive, "thr-9")).slot.state).toBe("archived");

  const brief = ["campaign", "brief", ...NAME, "--channel", "tiktok", "--brief-json"] as const;
  await world.ask<"campaigns.brief">(...brief, '{"tone":"dry"}');
  expect((await world.refused(...brief, '["dry"]')).error.code).toBe("invalid_input");
  const huge = JSON.stringify({ text: "x".repeat(5_000_000) });
  const refused = await (await world.begin([...brief, "-", "--json"], { input: huge })).done;
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(JSON.parse(refused.stderr).error.message).toMatch(/MiB/);
  expect(refused.stderr.length).toBeLessThan(1_000);

  const assign = ["campaign", "assign", ...NAME, ...slot, "--title", "clip 1", "--instructions", "dry"] as const;
  const { assignment_id } = await world.ask<"campaigns.assign">(...assign);
  const stands = ["campaign", "assignment", ...NAME, "--id", assignment_id, "--status"] as const;
  await world.ask<"campaigns.assignment">(...stands, "active");
  expect((await world.refused(...stands, "queued")).error.code).toBe("precondition_failed");

  mkdirSync(join(world.project, "clips"));
  writeFileSync(join(world.project, "clips/1.mp4"), Buffer.from([0, 0, 0, 24]));
  writeFileSync(join(world.root, "outside.md"), "outside");
  writeFileSync(join(world.project, "clips/key.md"), `ghp_${"a1B2".repeat(9)}`);
  symlinkSync(join(world.root, "outside.md"), join(world.project, "clips/link.md"));
  const receipt = ["campaign", "asset", ...NAME, ...slot, "--asset-type", "video", "--title", "clip 1"] as const;
  for (const path of ["../outside.md", "clips/link.md", "clips/key.md"]) {
    const { error } = await world.refused(...receipt, "--artifact-path", path);
    expect(error).toMatchObject({ code: "invalid_input", details: { field: "artifact_path" } });
  }
  const own = ["--assignment", assignment_id, "--status", "needs_review", "--artifact-path", "clips/1.mp4"] as const;
  const made = await world.ask<"campaigns.asset">(...receipt, ...own);
  expect(made).toMatchObject({ permission_to_publish: false, warnings: [] });
  const again = await world.refused(...receipt, ...own);
  expect(again.error.message).toContain(made.asset_receipt_id);
  expect(again.error.message).toContain("--allow-additional-receipt");
  await world.ask<"campaigns.assignment">(...stands, "done");

  const waiting = await world.refused("campaign", "close", ...NAME);
  expect([waiting.code, waiting.error.details["verdict"]]).toEqual([1, "needs_review"]);
  const decide = ["campaign", "review", ...NAME, "--asset", made.asset_receipt_id, "--reviewer", "Ann"] as const;
  expect((await world.refused(...decide, "--status", "published")).error.code).toBe("precondition_failed");
  const approved = await world.ask<"campaigns.review">(...decide, "--status", "approved");
  expect(approved).toMatchObject({
    permission_to_publish: false,
    asset: { reviewed_by: "Ann", artifact_path: "clips/1.mp4" },
  });

  for (const word of ["status", "dashboard", "closeout"]) {
    const shown = await world.cli("campaign", word, ...NAME, "--human");
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("no permission to publish")]);
  }
  const seen = await world.ask<"campaigns.status">("campaign", "status", ...NAME);
  expect(seen.slots).toMatchObject([{ id: slot_id, active_assignments: 0, asset_receipts: 1 }, { state: "archived" }]);
  const board = await world.ask<"campaigns.dashboard">("campaign", "dashboard", ...NAME);
  expect(board).toMatchObject({ next_manager_action: { action: "close_campaign" }, blockers: [] });
  const report = await world.ask<"campaigns.closeout">("campaign", "closeout", ...NAME);
  expect([report.verdict, ...report.proof_checks.map(({ status }) => status)]).toEqual([
    "ready_to_close",
    ...["passed", "passed", "passed", "passed", "passed"],
  ]);
  await world.ask<"campaigns.update">("campaign", "update", ...NAME, "--status", "paused");
  const closed = await world.ask<"campaigns.close">("campaign", "close", ...NAME);
  expect(closed).toMatchObject({ closed: true, forced: false, change: { from: "paused", to: "done" } });
  expect((await world.refused(...assign)).error.code).toBe("precondition_failed");
  expect(await world.ask<"campaigns.list">("campaign", "list")).toMatchObject([
    { name: "launch", status: "done", slots: 1 },
  ]);

  const told = await world.ask<"campaigns.history">("campaign", "history", ...NAME);
  expect(told.filter(({ entity }) => entity === "asset").map(({ change, to, by }) => [change, to, by])).toEqual([
    ["recorded", "needs_review", "operator"],
    ["reviewed", "approved", "Ann"],
  ]);
  const follow = await world.begin(["campaign", "history", "--follow", ...NAME, "--backlog", "1"]);
  const [line] = await follow.printed(/^\{.*\}$/m);
  expect(JSON.parse(line)).toMatchObject({ entity: "campaign", change: "closed", to: "done" });
  follow.kill("SIGTERM");
  await follow.done;

  const page = join(world.project, "launch.html");
  const written = await world.ask<"campaigns.exportCampaign">("campaign", "export", ...NAME, "--output", page);
  expect(written).toMatchObject({ slots: 2, assignments: 1, assets: 1, includes_words: false });
  // The hash is one of times and ids of one world.
  world.transcript.entries.pop();
  const html = readFileSync(page, "utf8");
  expect(statSync(page).mode & 0o777).toBe(0o600);
  expect(html).toContain("never permission to publish");
  expect(html).not.toMatch(/<script|src=|href=/);
  expect(html).not.toContain("dry");
  const once = await world.refused("campaign", "export", ...NAME, "--output", page);
  expect(once.error.code).toBe("conflict");
});

inEveryMode("two campaigns of twelve workers each go on at once in one ledger", async (world) => {
  const conveyor = await world.connect();
  const names = ["launch", "second"];
  const ids = await Promise.all(names.map((name) => setUp(world, conveyor, name)));
  fillLedger(
    world,
    "UPDATE sessions SET last_heartbeat_at = '2026-01-01T00:00:00.000Z' WHERE name = @name",
    names.map((name) => ({ name: `${name}-slot-07` })),
  );
  await Promise.all(names.map((name, i) => carryOut(world, conveyor, name, ids[i] as string[])));
  const listed = await world.ask<"campaigns.list">("campaign", "list");
  expect(listed.map(({ status, slots, asset_counts }) => [status, slots, asset_counts.approved])).toEqual([
    ["done", 11, 12],
    ["done", 11, 12],
  ]);
});

const KEYS = Array.from({ length: 12 }, (_, i) => `slot-${String(i + 1).padStart(2, "0")}`);

/** One manager, twelve workers, half in terminals and half app threads, each with an assignment; answers with their ids. */
async function setUp(world: World, { campaigns, sessions }: Conveyor, name: string): Promise<string[]> {
  await campaigns.create({ name, objective: "a reviewed asset of each worker" });
  const manager = { name: `${name}-manager`, codex_session: world.rollout(), codex_app_thread_id: `${name}-thr-m` };
  await sessions.registerManager(manager);
  for (const [i, key] of KEYS.entries()) {
    const worker = `${name}-${key}`;
    const own = i < 6 ? { tmux_session: pane(world, worker) } : { codex_app_thread_id: `thr-${worker}` };
    await sessions.registerWorker({ name: worker, codex_session: world.rollout(), ...own });
    await campaigns.addSlot({ name, slot_key: key, role_label: "copy", session_id: worker, state: "active" });
  }
  const { slots } = await campaigns.dashboard({ name });
  expect(new Set(slots.map(({ codex_app_thread_id: thread }) => thread)).size).toBe(12);
  return Promise.all(
    KEYS.map(async (slot) => {
      const { assignment_id } = await campaigns.assign({ name, slot, title: `copy of ${slot}`, instructions: "short" });
      await campaigns.assignment({ name, assignment_id, status: "active" });
      return assignment_id;
    }),
  );
}

/** One worker is silent and is replaced, all work is recorded and approved, one slot is archived; closed, and exported. */
async function carryOut(
  world: World,
  { campaigns, sessions }: Conveyor,
  name: string,
  ids: readonly string[],
): Promise<void> {
  const silent = `${name}-slot-07`;
  expect(await campaigns.dashboard({ name })).toMatchObject({
    next_manager_action: { action: "wake_or_rotate_workers" },
    summary: { stale_slots: 1, active_slots: 12 },
    blocker_codes: ["stale"],
  });
  const fresh = `${silent}-fresh`;
  await sessions.registerWorker({ name: fresh, codex_session: world.rollout(), codex_app_thread_id: `thr-${fresh}` });
  await campaigns.rotateSlot({
    ...{ name, slot: "slot-07", expected_thread_id: `thr-${silent}`, thread_id: `thr-${fresh}`, session_id: fresh },
  });
  expect((await campaigns.dashboard({ name })).blockers).toEqual([]);

  const receipts = await Promise.all(
    KEYS.map(async (slot, i) => {
      const assignment = ids[i] as string;
      const title = `copy of ${slot}`;
      const made = await campaigns.asset({ name, slot, asset_type: "copy", title, assignment, status: "needs_review" });
      await campaigns.assignment({ name, assignment_id: assignment, status: "done" });
      return made.asset_receipt_id;
    }),
  );
  expect((await campaigns.closeout({ name })).verdict).toBe("needs_review");
  await expect(campaigns.close({ name })).rejects.toMatchObject({ code: "gate_failed" });
  await Promise.all(receipts.map((asset) => campaigns.review({ name, asset, status: "approved", reviewer: "Ann" })));
  const last = (await campaigns.dashboard({ name })).slots.at(-1)?.codex_app_thread_id ?? "";
  await campaigns.archiveSlot({ name, slot: "slot-12", expected_thread_id: last });
  const report = await campaigns.closeout({ name });
  expect([report.verdict, report.workers.length, report.receipt_counts_by_assignment.length]).toEqual([
    ...["ready_to_close", 12, 12],
  ]);
  expect(report.proof_checks.every(({ status }) => status === "passed")).toBe(true);
  expect((await campaigns.close({ name })).campaign.status).toBe("done");
  const file = join(world.root, `${name}.json`);
  await campaigns.exportCampaign({ name, file, format: "json" });
  const document = JSON.parse(readFileSync(file, "utf8"));
  expect([document.slots.length, document.assets.length, document.permission_to_publish]).toEqual([12, 12, false]);
  expect(document.slots.every((slot: { lifecycle_state: string }) => slot.lifecycle_state !== "stale")).toBe(true);
}

/** A terminal in which something waits; nothing is typed into it. */
function pane(world: World, session: string): string {
  const argv = ["-L", world.tmux_socket, "-f", "/dev/null", "new-session", "-d", "-s", session, "sleep", "600"];
  execFileSync("tmux", argv, { cwd: world.project, stdio: "pipe" });
  return session;
}
