import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directory } from "@conveyor/contracts/directory";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { RefusalCode } from "@conveyor/contracts/refusals";
import { operations } from "@conveyor/contracts/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { appRouter, type CallReply, query, Runtime, router, runCall, subscription } from "./index.ts";

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

async function next(answers: AsyncGenerator<CallReply>): Promise<CallReply> {
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

  it("say where they stand before there is anything to tell, and lose nothing from there", async () => {
    await createTask("a");
    const stream = call("subscription", "telemetry.onEvent", { event_type: "task_created" });
    const mark = await next(stream);
    expect(mark).toEqual({ event: { id: expect.any(String), data: null } });
    await stream.return(undefined);
    await createTask("b");
    const lastEventId = (mark as { event: { id: string } }).event.id;
    const again = call("subscription", "telemetry.onEvent", { event_type: "task_created", lastEventId });
    expect(await next(again)).toMatchObject({ event: { data: { event_type: "task_created" } } });
  });

  it("never make a ledger", async () => {
    const answer = await next(call("subscription", "tasks.onChange", {}));
    expect(answer).toMatchObject({ error: { data: { conveyor: { code: "ledger_missing" } } } });
  });
});

describe("what does not fit its own contract", () => {
  const op = { ...operations.tasks.onChange, output: z.object({ count: z.int() }) };
  const entry = { ...directory["tasks.onChange"], ledger: "none" as const, load: async () => op };
  const made = async function* () {
    yield { id: "1", data: { count: 1, more: "than the contract says" } };
    yield { id: "2", data: { count: "secret" } as never };
  };
  const unfitting = router({
    tasks: router({
      onChange: subscription("tasks.onChange", async () => ({ onChange: made as never }), entry),
      list: query("tasks.list", async () => ({ list: async () => ({ count: "secret" }) as never }), {
        ...entry,
        path: "tasks.list",
      }),
    }),
  });
  const ask = (type: "query" | "subscription", path: string) =>
    runCall(unfitting, { type, path, input: {} }, { ...runtime.context(controller.signal), checks_answers: true });

  it("never leaves: an item loses what is not described, and a wrong one ends its stream as an internal error", async () => {
    const stream = ask("subscription", "tasks.onChange");
    expect(await next(stream)).toEqual({ event: { id: "1", data: { count: 1 } } });
    const failed = await next(stream);
    expect(failed).toMatchObject({
      error: {
        data: { conveyor: { code: "internal", message: expect.stringMatching(/^tasks.onChange .*: count: /) } },
      },
    });
    expect(JSON.stringify(failed)).not.toContain("secret");
    expect((await stream.next()).done).toBe(true);
  });

  it("is a refusal, too: one that is not declared becomes an internal error that names it", async () => {
    const refusing = (code: RefusalCode) => {
      const list = async () => Promise.reject(new ConveyorError(code, "no"));
      const without_ledger = { ...directory["tasks.list"], ledger: "none" as const };
      const procedure = query("tasks.list", async () => ({ list }), without_ledger);
      const ctx = { ...runtime.context(controller.signal), checks_answers: true };
      const call = { type: "query", path: "tasks.list", input: {} } as const;
      return next(runCall(router({ tasks: router({ list: procedure }) }), call, ctx));
    };
    expect(await refusing("not_found")).toMatchObject({ error: { data: { conveyor: { code: "not_found" } } } });
    expect(await refusing("ledger_busy")).toMatchObject({ error: { data: { conveyor: { code: "ledger_busy" } } } });
    const undeclared = await refusing("port_in_use");
    const message = "tasks.list gave port_in_use, which its contract does not declare";
    expect(undeclared).toMatchObject({ error: { data: { conveyor: { code: "internal", message } } } });
  });

  it("is the same error in an answer", async () => {
    const failed = await next(ask("query", "tasks.list"));
    expect(failed).toMatchObject({ error: { data: { conveyor: { code: "internal" } } } });
    expect((failed as { error: { message: string } }).error.message).toMatch(/^tasks.list .*: count: /);
    expect(JSON.stringify(failed)).not.toContain("secret");
  });
});
