import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { serverFiles } from "@conveyor/files";
import { type Conveyor, clientOver } from "@conveyor/sdk";
import type { Transport } from "@conveyor/sdk/link";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningServer } from "./server.ts";
import { CuttingProxy } from "./testing/cutting-proxy.ts";
import { World } from "./testing/world.ts";

const MODES = ["socket", "http"] as const;

let world: World;
let server: RunningServer;
/** A client that nothing stands in the way of. */
let direct: Conveyor;
beforeEach(async () => {
  world = new World();
  server = await world.server();
  direct = clientOver(await world.transport());
  await direct.tasks.create({ name: "task", goal: "g" });
});
afterEach(() => world.end());

const queued = async () =>
  (await direct.dispatch.commands({ include_content: true })).map(({ payload }) => payload["message"]);
const tokenOf = ({ token_file }: RunningServer) => readFileSync(token_file, "utf8").trim();

/** A client whose connection runs through a proxy that can lose answers. */
async function throughProxy(
  mode: (typeof MODES)[number],
): Promise<{ conveyor: Conveyor; transport: Transport; proxy: CuttingProxy }> {
  const url = new URL(server.url);
  const to = mode === "socket" ? { path: server.socket } : { port: Number(url.port), host: url.hostname };
  const proxy = new CuttingProxy(to, { greeted: mode === "socket" });
  world.onCleanUp(() => proxy.close());
  if (mode === "http") {
    const port = await proxy.listen({ host: "127.0.0.1" });
    const transport = await world.transport({ server: `http://127.0.0.1:${port}`, token: tokenOf(server) });
    return { conveyor: clientOver(transport), transport, proxy };
  }
  const socket = join(world.folder, "proxy.sock");
  await proxy.listen(socket);
  const { discovery } = serverFiles(world.ledger_path);
  writeFileSync(discovery, JSON.stringify({ ...JSON.parse(readFileSync(discovery, "utf8")), socket }));
  const transport = await world.transport();
  return { conveyor: clientOver(transport), transport, proxy };
}

describe.each(MODES)("a message that is sent over %s", (mode) => {
  it("is queued once although the answer was lost, more than once", async () => {
    const { conveyor, proxy } = await throughProxy(mode);
    proxy.cut(2);
    const answer = await conveyor.dispatch.enqueueNudgeWorker({ task: "task", message: "once" });
    expect(proxy.lost).toBe(2);
    expect(answer).toMatchObject({ deduplicated: true, command_type: "nudge_worker" });
    expect(await queued()).toEqual(["once"]);
    await conveyor.dispatch.enqueueNotifyManager({ task: "task", message: "back" });
    expect(await queued()).toEqual(["once", "back"]);
  });

  it("of the plain operation says that it may have been queued, and is not repeated", async () => {
    const { transport, proxy } = await throughProxy(mode);
    proxy.cut(1);
    await expect(
      transport.call(operations.dispatch.enqueueNudgeWorker, { task: "task", message: "perhaps" }),
    ).rejects.toMatchObject({
      name: "ConveyorError",
      code: "server_unreachable",
      details: { may_have_run: true },
    });
    expect(await queued()).toEqual(["perhaps"]);
  });

  it("ends with the key when its sender gives up, so that it can be sent again and is queued once", async () => {
    const { conveyor, proxy } = await throughProxy(mode);
    proxy.cut(1_000);
    const givingUp = new AbortController();
    const sending = conveyor.dispatch.enqueueNudgeWorker(
      { task: "task", message: "once" },
      { signal: givingUp.signal },
    );
    sending.catch(() => {});
    await proxy.lostOne;
    givingUp.abort();
    const error = await sending.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ConveyorError", code: "interrupted" });
    const { idempotency_key } = (error as { details: { idempotency_key: string } }).details;
    const again = await direct.dispatch.enqueueNudgeWorker({ task: "task", message: "once", idempotency_key });
    expect(again.deduplicated).toBe(true);
    expect(await queued()).toEqual(["once"]);
  });

  it("fails as the operation does", async () => {
    const { conveyor } = await throughProxy(mode);
    const send = conveyor.dispatch.enqueueNudgeWorker;
    await expect(send({ task: "nobody", message: "m" })).rejects.toMatchObject({ code: "not_found" });
    await expect(send({ task: "task", message: " " })).rejects.toMatchObject({ code: "message_required" });
    await send({ task: "task", message: "one", idempotency_key: "k" });
    await expect(send({ task: "task", message: "another", idempotency_key: "k" })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
  });
});

describe("a message whose server", () => {
  it("restarts meanwhile is queued once by the next one", async () => {
    const port = Number(new URL(server.url).port);
    const { conveyor, proxy } = await throughProxy("http");
    proxy.cut(1);
    const sending = conveyor.dispatch.enqueueNudgeWorker({ task: "task", message: "once" });
    await proxy.lostOne;
    await server.close();
    server = await world.server({ port });
    expect(await sending).toMatchObject({ deduplicated: true });
    expect(await queued()).toEqual(["once"]);
  });

  it("was never there fails at once", async () => {
    const conveyor = clientOver(await world.transport({ server: "http://127.0.0.1:9", token: "x".repeat(20) }));
    await expect(conveyor.dispatch.enqueueNudgeWorker({ task: "task", message: "m" })).rejects.toMatchObject({
      code: "server_unreachable",
      details: { may_have_run: false },
    });
  });

  it("is not needed is queued in the own process", async () => {
    await server.close();
    const conveyor = clientOver(await world.transport());
    expect(await conveyor.dispatch.enqueueNudgeWorker({ task: "task", message: "m" })).toMatchObject({
      deduplicated: false,
    });
    expect(conveyor.mode).toBe("embedded");
  });
});

describe.each([...MODES, "embedded"] as const)("a signal that aborts over %s", (mode) => {
  const client = async () => {
    if (mode === "embedded") await server.close();
    const options = mode === "http" ? { server: server.url, token: tokenOf(server) } : {};
    return clientOver(await world.transport(options));
  };
  const bind = async () => {
    await direct.sessions.registerWorker({ name: "worker", codex_session: world.rollout() });
    await direct.sessions.registerManager({ name: "manager", codex_session: world.rollout() });
    await direct.bindings.bind({ task: "task", worker: "worker", manager: "manager" });
  };

  it("makes a call reject as interrupted, before anything was asked", async () => {
    const conveyor = await client();
    const signal = AbortSignal.abort();
    for (const call of [
      conveyor.tasks.list({}, { signal }),
      conveyor.tasks.create({ name: "never", goal: "g" }, { signal }),
      conveyor.dispatch.enqueueNudgeWorker({ task: "task", message: "never" }, { signal }),
      conveyor.inbox.take({ task: "task", role: "worker", wait_seconds: 60 }, { signal }),
    ]) {
      await expect(call).rejects.toMatchObject({ name: "ConveyorError", code: "interrupted" });
    }
    expect(await queued()).toEqual([]);
  });

  it("makes a wait for a message reject as interrupted, with nothing taken", async () => {
    await bind();
    const conveyor = await client();
    const signal = AbortSignal.timeout(200);
    const taking = conveyor.inbox.take({ task: "task", role: "worker", wait_seconds: 60 }, { signal });
    await expect(taking).rejects.toMatchObject({ name: "ConveyorError", code: "interrupted" });
  });

  it("ends a stream", async () => {
    await bind();
    const conveyor = await client();
    const ended = async (signal: AbortSignal) => {
      for await (const _item of conveyor.inbox.onItem({ session: "worker" }, { signal })) expect.unreachable();
    };
    await ended(AbortSignal.abort());
    await ended(AbortSignal.timeout(200));
  });
});

it.each(MODES)("a consumer over %s waits on over a restart of the server", { timeout: 60_000 }, async (mode) => {
  await direct.sessions.registerWorker({ name: "worker", codex_session: world.rollout() });
  await direct.sessions.registerManager({ name: "manager", codex_session: world.rollout() });
  await direct.bindings.bind({ task: "task", worker: "worker", manager: "manager" });
  const port = Number(new URL(server.url).port);
  const options = mode === "http" ? { server: server.url, token: tokenOf(server) } : {};
  const conveyor = clientOver(await world.transport(options));
  const taking = conveyor.inbox.take({ task: "task", role: "worker", wait_seconds: 60 });
  await conveyor.inbox.worker({ task: "task" });
  await server.close();
  server = await world.server({ port });
  await direct.dispatch.enqueueNudgeWorker({ task: "task", message: "after" });
  await direct.dispatch.run({ once: true });
  expect((await taking)?.payload).toMatchObject({ message: "after" });
});
