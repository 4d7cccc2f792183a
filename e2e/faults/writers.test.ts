import { expect, it } from "vitest";
import type { Answer } from "../support/world/answers.ts";
import { withWorld } from "../support/world/world.ts";

const PROCESSES = 50;

it(`${PROCESSES} processes write at once, beginning with no ledger, and no write is lost`, {
  timeout: 180_000,
}, async () => {
  await withWorld({}, async (world) => {
    const names = Array.from({ length: PROCESSES }, (_, index) => `task-${String(index).padStart(2, "0")}`);
    const begun = names.map((name) =>
      world.begin(["tasks", "--create", name, "--goal", "be kept", "--json"], { limit_ms: 150_000 }),
    );
    const ended = await Promise.all(begun.map(async (running) => (await running).done));
    expect(ended.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([]);
    expect(ended.map(({ stderr }) => stderr).join("")).toBe("");
    const ids = ended.map(({ stdout }) => (JSON.parse(stdout) as Answer<"tasks.create">).id);

    const tasks = await world.ask<"tasks.list">("tasks");
    expect(tasks.map(({ name }) => name).sort()).toEqual(names);
    expect(tasks.map(({ id }) => id).sort()).toEqual(ids.sort());
    const events: Answer<"audit.show">["events"] = [];
    const conveyor = await world.connect();
    for (const task of names) events.push(...((await conveyor.audit.show({ task, sections: "events" })).events ?? []));
    expect(events.map(({ type }) => type)).toEqual(names.map(() => "task_created"));
    expect(new Set(events.map(({ id }) => id)).size).toBe(PROCESSES);
    expect(await world.ask<"system.dbDoctor">("db-doctor", "--full")).toMatchObject({ ok: true });
  });
});
