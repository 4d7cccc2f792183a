import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { list as listChecks } from "../checks/list.ts";
import { configHistory } from "../contract/config-history.ts";
import { configure } from "../contract/configure.ts";
import type { Ctx } from "../ctx.ts";
import { createWorld, type World } from "../testing/world.ts";
import { add } from "./add.ts";
import { attach } from "./attach.ts";
import { accept, satisfy } from "./change.ts";
import { edit, history, merge } from "./edit.ts";
import { list } from "./list.ts";

let world: World;
let asWorker: Ctx;
let asManager: Ctx;
beforeAll(async () => {
  world = createWorld();
  await world.pair({
    task: "parser",
    worker: { name: "ada", codex_app_thread_id: "thread-worker" },
    manager: { name: "bob", codex_app_thread_id: "thread-manager" },
  });
  const as = (caller_thread_id: string): Ctx => ({
    ...world.ctx,
    settings: { ...world.ctx.settings, caller_thread_id },
  });
  asWorker = as("thread-worker");
  asManager = as("thread-manager");
});
afterAll(() => world.close());

async function criterion(text: string, more: Partial<CallOf<typeof operations.criteria.add>> = {}) {
  const call = { task: "parser", criterion: text, source: "user_requested", status: "accepted", ...more };
  return (await add(world.ctx, operations.criteria.add.input.parse(call))).affected_criterion.id;
}
const change = (call: Partial<CallOf<typeof operations.criteria.edit>> & { criterion_id: number }, ctx = world.ctx) =>
  edit(ctx, operations.criteria.edit.input.parse({ task: "parser", ...call }));
const row = async (id: number) =>
  (await list(world.ctx, { task: "parser", status: [] })).criteria.find((one) => one.id === id);

describe("criteria --edit", () => {
  it("changes words, labels and place, and says nothing of labels where there are none", async () => {
    const id = await criterion("it parses");
    expect(await row(id)).not.toHaveProperty("labels");
    await change({ criterion_id: id, criterion: " it parses all ", label: ["core", "core"], place: 2 });
    expect(await row(id)).toMatchObject({ criterion: "it parses all", labels: ["core"], position: 2 });
    await change({ criterion_id: id, unlabel: true });
    expect(await row(id)).not.toHaveProperty("labels");
  });

  it("lets a worker change only what is proposed, and nobody use words twice", async () => {
    const [accepted, proposed] = [await criterion("first"), await criterion("second", { status: "proposed" })];
    await expect(change({ criterion_id: accepted, criterion: "weaker" }, asWorker)).rejects.toMatchObject({
      code: "permission_denied",
    });
    await change({ criterion_id: proposed, criterion: "second, better" }, asWorker);
    await expect(change({ criterion_id: proposed, criterion: "first" })).rejects.toMatchObject({ code: "conflict" });
    await expect(change({ criterion_id: 999 })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("criteria --merge", () => {
  it("moves checks and evidence, and rejects what was given up, for who may judge", async () => {
    const kept = await criterion("kept", { check: ["true"], evidence: { a: 1 } });
    const gone = await criterion("gone", { check: ["true", "false"], evidence: { a: 2, b: 3 } });
    const call = { task: "parser", criterion_id: gone, into: kept };
    await expect(merge(asWorker, call)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(merge(world.ctx, { ...call, into: gone })).rejects.toMatchObject({ code: "conflict" });
    await merge(asManager, call);
    expect(await row(gone)).toMatchObject({ status: "rejected", merged_into: kept, rationale: `merged into #${kept}` });
    expect(await row(kept)).toMatchObject({ status: "accepted", evidence: { a: 1, b: 3 } });
    const { checks } = await listChecks(world.ctx, { task: "parser" });
    expect(checks.filter(({ criterion_id }) => criterion_id === kept).map(({ name }) => name)).toEqual([
      "true",
      `true (#${gone})`,
      "false",
    ]);
  });
});

describe("criteria --history", () => {
  it("tells what became of one criterion and of no other", async () => {
    const id = await criterion("told");
    await criterion("another");
    await satisfy(world.ctx, { task: "parser", criterion_id: id, proof: "seen" });
    await change({ criterion_id: id, criterion: "told anew" });
    const { entries } = await history(world.ctx, { task: "parser", criterion_id: id });
    expect(entries.map(({ event }) => event)).toEqual([
      "acceptance_criterion_added",
      "acceptance_criterion_updated",
      "acceptance_criterion_edited",
    ]);
    expect(entries[1]?.changes).toMatchObject({ previous_status: "accepted", status: "satisfied" });
    expect(entries[2]?.changes).toMatchObject({ previous_criterion: "told", criterion: "told anew" });
  });
});

describe("criteria --attach", () => {
  it("notes files by their hash and says what became of them", async () => {
    const id = await criterion("has a report");
    const [one, two] = [join(world.cwd, "one.txt"), join(world.cwd, "two.txt")];
    const note = (file: string) => attach(asWorker, { task: "parser", criterion_id: id, file });
    writeFileSync(one, "1");
    await note(one);
    writeFileSync(one, "2");
    writeFileSync(two, "x");
    await note(two);
    rmSync(two);
    const { attachments } = await note(one);
    expect(attachments.map(({ now, added_by }) => [now, added_by])).toEqual([
      ["changed", "worker"],
      ["missing", "worker"],
      ["same", "worker"],
    ]);
    await expect(note(join(world.cwd, "none"))).rejects.toMatchObject({ code: "not_found" });
    await expect(note(world.cwd)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a strict evidence policy", () => {
  const policy = (evidence_policy: "open" | "strict", ctx: Ctx = world.ctx) =>
    configure(ctx, operations.contract.configure.input.parse({ task: "parser", evidence_policy }));

  it("wants a command and a status that says it passed, from whomever, and a worker cannot loosen it", async () => {
    const id = await criterion("strict");
    await policy("strict", asManager);
    await expect(policy("open", asWorker)).rejects.toMatchObject({ code: "permission_denied" });
    for (const evidence of [undefined, {}, { command: "npm test" }, { command: " ", status: "pass" }]) {
      await expect(satisfy(world.ctx, { task: "parser", criterion_id: id, evidence })).rejects.toMatchObject({
        code: "gate_failed",
      });
    }
    for (const status of ["fail", "not ok", "", 1, null]) {
      const evidence = { command: "npm test", status };
      await expect(satisfy(asManager, { task: "parser", criterion_id: id, evidence })).rejects.toMatchObject({
        code: "gate_failed",
      });
    }
    await expect(criterion("born satisfied", { status: "satisfied" })).rejects.toMatchObject({ code: "gate_failed" });
    const evidence = { command: "npm test", status: "pass" };
    await satisfy(world.ctx, { task: "parser", criterion_id: id, evidence });
    await accept(world.ctx, { task: "parser", criterion_id: id });
    expect((await satisfy(world.ctx, { task: "parser", criterion_id: id })).affected_criterion.status).toBe(
      "satisfied",
    );
  });
});

describe("a tool with a command", () => {
  it("is named by who may judge alone: what a worker types is not run", async () => {
    const set = (ctx: Ctx, tool: string) =>
      configure(ctx, operations.contract.configure.input.parse({ task: "parser", append_tool: [tool] }));
    await expect(set(asWorker, "tests=touch /tmp/x")).rejects.toMatchObject({ code: "permission_denied" });
    await set(asWorker, "git");
    expect((await set(asManager, "tests=true")).tools).toEqual(["git", "tests=true"]);
  });
});

describe("manager-config --history", () => {
  it("names who changed what, the newest first", async () => {
    const set = (call: object, ctx: Ctx = world.ctx) =>
      configure(ctx, operations.contract.configure.input.parse({ task: "parser", ...call }));
    await set({ objective: "ship" });
    await set({ objective: "ship it", guideline: ["small steps"] }, asManager);
    await set({ objective: "ship it" });
    const { revisions } = await configHistory(world.ctx, { task: "parser", limit: 1 });
    expect(revisions).toMatchObject([
      {
        author: "manager",
        changes: [
          { field: "guidelines", before: [], after: ["small steps"] },
          { field: "objective", before: "ship", after: "ship it" },
        ],
      },
    ]);
    const all = (await configHistory(world.ctx, { task: "parser", limit: 0 })).revisions;
    expect(all.map(({ revision }) => revision)).toEqual(all.map((_one, at) => all.length - at));
  });
});
