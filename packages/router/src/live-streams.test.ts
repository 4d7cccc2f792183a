import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, appRouter, Runtime, runCall } from "./index.ts";

let root: string;
let runtime: Runtime;
let controller: AbortController;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "conveyor-router-"));
  runtime = new Runtime({
    ledger_path: join(root, "workerctl.db"),
    codex_home: join(root, "codex"),
    program: "conveyor",
  });
  controller = new AbortController();
});
afterEach(async () => {
  controller.abort();
  await runtime.close();
  rmSync(root, { recursive: true, force: true });
});

const call = (type: "query" | "mutation" | "subscription", path: string, input: unknown) =>
  runCall(appRouter, { type, path, input }, runtime.context(controller.signal));

async function next(answers: AsyncGenerator<Answer>): Promise<Answer> {
  const { value, done } = await answers.next();
  if (done) throw new Error("there is no further answer");
  return value;
}

const createTask = (name: string) => next(call("mutation", "tasks.create", { name, goal: "make it work" }));

describe("live streams over the router", () => {
  it("carry items with ids and go on after the id that a caller hands back", async () => {
    await createTask("a");
    await createTask("b");
    const stream = call("subscription", "tasks.onChange", {});
    const first = (await next(stream)) as { event: { id: string; data: { name: string } } };
    expect(first.event.data.name).toBe("a");
    await stream.return(undefined);
    const again = call("subscription", "tasks.onChange", { lastEventId: first.event.id });
    expect(await next(again)).toMatchObject({ event: { data: { name: "b" } } });
    const coming = next(again);
    await createTask("c");
    expect(await coming).toMatchObject({ event: { data: { name: "c" } } });
  });

  it("serve sessions too, and end without an error when the caller goes away", async () => {
    await createTask("a");
    const stream = call("subscription", "sessions.onChange", {});
    const waiting = stream.next();
    await call("mutation", "sessions.registerWorker", { name: "w", pid: process.pid, cwd: root }).next();
    controller.abort();
    for await (const answer of { [Symbol.asyncIterator]: () => stream }) expect(answer).not.toHaveProperty("error");
    expect((await waiting).value ?? { event: {} }).toHaveProperty("event");
  });

  it.each(["tasks.onChange", "sessions.onChange"])("refuse %s with an id that is not theirs", async (path) => {
    await createTask("a");
    const answer = await next(call("subscription", path, { lastEventId: "nonsense" }));
    expect(answer).toMatchObject({ error: { data: { conveyor: { code: "invalid_input" } } } });
  });

  it("never make a ledger", async () => {
    const answer = await next(call("subscription", "tasks.onChange", {}));
    expect(answer).toMatchObject({ error: { data: { conveyor: { code: "ledger_missing" } } } });
  });
});
