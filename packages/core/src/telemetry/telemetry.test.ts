import { operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loopRun } from "../dispatch/testing/scenes.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { count as countTelemetry, list as listTelemetry } from "./list.ts";
import { summary as summarizeTelemetry } from "./summary.ts";

const clock = fixedClock();
let world: World;
/** The task that every world begins with; its own creation is an event too. */
let task: { id: string; name: string };
beforeEach(async () => {
  world = createWorld({ clock });
  task = await world.task({ name: "auth" });
});
afterEach(() => world.close());

const tell = (event: Parameters<World["anyTelemetry"]>[0]) => world.anyTelemetry(event);
const list = (input: Record<string, unknown> = {}) =>
  asShown("telemetry.list", listTelemetry, world.ctx, operations.telemetry.list.input.parse(input));
const count = (input: Record<string, unknown> = {}) =>
  countTelemetry(world.ctx, operations.telemetry.count.input.parse(input));
const summarize = (input: Record<string, unknown> = {}) =>
  summarizeTelemetry(world.ctx, operations.telemetry.summary.input.parse(input));
const summaries = async (input: Record<string, unknown>) => (await list(input)).map(({ summary }) => summary);

describe("listing telemetry", () => {
  it("shows events whole, oldest first", async () => {
    await tell({ summary: "it began", actor: "dispatch", severity: "warning", correlation: { command_id: "c" } });
    await tell({ summary: "it ended", attributes: { count: 2 }, task_id: task.id });
    const events = await list();
    expect(events.map(({ event_type }) => event_type)).toEqual(["task_created", "probe", "probe"]);
    expect(events[1]).toEqual({
      id: expect.stringMatching(/^telemetry-/),
      run_id: null,
      task_id: null,
      timestamp: clock.iso(),
      actor: "dispatch",
      event_type: "probe",
      severity: "warning",
      summary: "it began",
      correlation: { command_id: "c" },
      attributes: {},
    });
    expect(() => operations.telemetry.list.output.parse(events)).not.toThrow();
  });

  it("keeps the oldest, or with newest the newest in that order", async () => {
    for (const summary of ["a", "b", "c"]) await tell({ summary });
    expect(await summaries({ event_type: "probe", limit: 2 })).toEqual(["a", "b"]);
    expect(await summaries({ event_type: "probe", limit: 2, newest: true })).toEqual(["c", "b"]);
    expect(await list({ limit: 0 })).toEqual([]);
  });

  it("combines its filters", async () => {
    const run = await loopRun(world, task.id);
    await tell({ summary: "all of it", actor: "manager", severity: "error", task_id: task.id, run_id: run.run_id });
    await tell({ summary: "another actor", actor: "worker", severity: "error", task_id: task.id, run_id: run.run_id });
    await tell({ summary: "no task", actor: "manager", severity: "error" });
    await tell({ summary: "no run", actor: "manager", severity: "error", task_id: task.id, run_id: null });
    await tell({ summary: "less grave", actor: "manager", task_id: task.id, run_id: run.run_id });
    await tell({ summary: "another type", event_type: "other", actor: "manager", severity: "error", task_id: task.id });
    const all = {
      task: "auth",
      run: run.run_id.slice(0, 12),
      actor: "manager",
      severity: "error",
      event_type: "probe",
    };
    expect(await summaries(all)).toEqual(["all of it"]);
    expect(await summaries({ ...all, actor: undefined })).toEqual(["all of it", "another actor"]);
    expect(await summaries({ ...all, run: undefined, task: undefined })).toEqual(["all of it", "no task", "no run"]);
  });

  it("looks back over a window", async () => {
    await tell({ summary: "old" });
    await clock.advance(3 * 3_600_000);
    await tell({ summary: "new" });
    expect(await summaries({ event_type: "probe", window: "2h" })).toEqual(["new"]);
    expect(await summaries({ event_type: "probe", window: "1D" })).toEqual(["old", "new"]);
  });

  it.each([
    ["nudge_worker", ["a command nudge_worker was queued", "attributes say it"]],
    ["nudge_worker\0queued", ["a command nudge_worker was queued"]],
    ["NUDGE queued", ["a command nudge_worker was queued"]],
    ["probe.special", ["by its type"]],
    ["nudg", []],
    ['" OR *', []],
    ["-- --", []],
  ])("finds by the words %j", async (search, found) => {
    await tell({ summary: "a command nudge_worker was queued" });
    await tell({ summary: "attributes say it", attributes: { type: "nudge_worker" } });
    await tell({ summary: "by its type", event_type: "probe.special" });
    expect(await summaries({ search })).toEqual(found);
    expect(await count({ search })).toEqual({ total: found.length });
  });

  it("never shows content that an earlier tool wrote into it", async () => {
    await tell({ attributes: { result: { send_result: { text: "the whole message" } }, length: 17 } });
    const [event] = await list({ event_type: "probe" });
    expect(JSON.stringify(event)).not.toContain("whole message");
    expect(event?.attributes).toMatchObject({ length: 17 });
  });

  it.each([
    [{ task: "nobody" }, "not_found"],
    [{ run: "nothing" }, "not_found"],
  ])("refuses %j", async (input, code) => {
    for (const ask of [list, count, summarize]) await expect(ask(input)).rejects.toMatchObject({ code });
  });

  it("finds beginnings, alternatives and fields, and the best first", async () => {
    await tell({ summary: "delivery failed", severity: "error" });
    await tell({ summary: "delivered to the worker", actor: "dispatch" });
    await tell({ summary: "worker worker worker", actor: "worker" });
    expect(await summaries({ search: "deliver*" })).toEqual(["delivery failed", "delivered to the worker"]);
    expect(await summaries({ search: "failed OR actor:worker" })).toEqual(["delivery failed", "worker worker worker"]);
    expect(await summaries({ search: "worker actor:dispatch" })).toEqual(["delivered to the worker"]);
    expect(await summaries({ search: "type:probe severity:error" })).toEqual(["delivery failed"]);
    expect(await summaries({ search: "worker", sort: "rank" })).toEqual([
      ...["worker worker worker", "delivered to the worker"],
    ]);
    expect(await summaries({ search: "severity:error", sort: "rank" })).toEqual(["delivery failed"]);
    for (const search of ["OR", "OR OR", "*", '"*', "actor:", "NOT x", "a".repeat(1000), "x OR ".repeat(150)])
      await expect(summaries({ search })).resolves.toEqual([]);
    await expect(list({ sort: "rank" })).rejects.toMatchObject({ code: "conflicting_flags" });
  });

  it("takes no blank search, no empty window and no unknown word", () => {
    for (const input of [{ search: " " }, { window: "0h" }, { actor: "nobody" }, { severity: "fatal" }, { limit: -1 }])
      expect(operations.telemetry.list.input.safeParse(input).success, JSON.stringify(input)).toBe(false);
  });
});

describe("summing telemetry up", () => {
  it("counts everything that matches, and knows the first and the last by their order", async () => {
    const before = clock.iso();
    for (let index = 0; index < 150; index += 1) await tell({ actor: "dispatch", task_id: task.id });
    await clock.advance(1_000);
    await tell({ event_type: "other", severity: "error", task_id: task.id });
    expect(await summarize({ task: "auth" })).toEqual({
      total: 152,
      by_actor: { dispatch: 150, workerctl: 2 },
      by_event_type: { task_created: 1, probe: 150, other: 1 },
      by_severity: { info: 151, error: 1 },
      first_timestamp: before,
      last_timestamp: clock.iso(),
      run_id: null,
      task_id: task.id,
    });
    expect(await count({ task: "auth" })).toEqual({ total: 152 });
    expect(await summarize({ task: "auth", limit: 2 })).toMatchObject({
      total: 2,
      by_event_type: { task_created: 1, probe: 1 },
      last_timestamp: before,
    });
  });

  it("names the only task and run that occur, and none of several", async () => {
    const run = await loopRun(world, task.id);
    await tell({ task_id: task.id, run_id: run.run_id });
    await tell({});
    expect(await summarize({ event_type: "probe" })).toMatchObject({ task_id: task.id, run_id: run.run_id });
    await tell({ task_id: (await world.task()).id });
    expect(await summarize({ event_type: "probe" })).toMatchObject({ task_id: null, run_id: run.run_id });
    expect(await summarize({ event_type: "probe", task: "auth" })).toMatchObject({ task_id: task.id });
  });

  it("of nothing says so", async () => {
    expect(await summarize({ search: "nowhere" })).toEqual({
      total: 0,
      by_actor: {},
      by_event_type: {},
      by_severity: {},
      first_timestamp: null,
      last_timestamp: null,
      run_id: null,
      task_id: null,
    });
  });
});
