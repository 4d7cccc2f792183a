import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unbind } from "../bindings/unbind.ts";
import { Reader } from "../testing/reader.ts";
import { createWorld, type World } from "../testing/world.ts";
import { deregister as deregisterSession } from "./deregister.ts";
import { list as listSessions } from "./list.ts";
import { onChange as watchSessions } from "./on-change.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const follow = (after?: string, role?: "worker" | "manager") =>
  new Reader(world.ctx, (ctx) => watchSessions(ctx, { role, include_legacy: false }, after));

describe("watching sessions", () => {
  it("begins with the active sessions as the list shows them, without identity tokens", async () => {
    await world.pair({ task: "auth" });
    const reader = follow();
    const listed = await listSessions(world.ctx, { include_legacy: false, name: [], redact_identity_token: true });
    expect(await reader.take(2)).toEqual(listed);
    expect(listed.map(({ identity_token }) => identity_token)).toEqual(["[REDACTED]", "[REDACTED]"]);
    expect(await reader.leave()).toEqual([]);
  });

  it("tells a registration, a binding that ends and the end of a session, each once", async () => {
    const { task, worker } = await world.pair({ task: "auth" });
    const reader = follow(undefined, "worker");
    expect((await reader.next()).data.binding).toMatchObject({ task_name: "auth", state: "active" });
    const unbound = reader.next();
    await unbind(world.ctx, { task: task.id });
    expect((await unbound).data).toMatchObject({ name: worker.name, binding: null });
    const gone = reader.next();
    await deregisterSession(world.ctx, { session: worker.name });
    expect((await gone).data).toMatchObject({ name: worker.name, state: "gone" });
    const registered = reader.next();
    await world.manager({ name: "unseen-because-of-its-role" });
    await world.worker({ name: "second" });
    expect((await registered).data.name).toBe("second");
    await reader.leave();
  });

  it("notices that a process ended although nobody wrote", async () => {
    await world.tmux("agent");
    await world.worker({ name: "auth-worker", tmux_session: "agent" });
    const reader = follow();
    expect((await reader.next()).data.alive).toBe(true);
    const coming = reader.next();
    await world.host.tmux.kill("agent");
    expect((await coming).data.alive).toBe(false);
    await reader.leave();
  });

  it("goes on after the item a reader saw last with exactly what differs", async () => {
    for (const name of ["a", "b", "c"]) await world.worker({ name });
    const reader = follow();
    await reader.next();
    const second = await reader.next();
    await reader.leave();
    await deregisterSession(world.ctx, { session: "a" });
    await world.worker({ name: "d" });
    const again = follow(second.id);
    expect((await again.take(3)).map(({ name, state }) => [name, state])).toEqual([
      ["a", "gone"],
      ["c", "active"],
      ["d", "active"],
    ]);
    const last = again.next();
    await world.worker({ name: "e" });
    const { id, data } = await last;
    expect(data.name).toBe("e");
    await again.leave();
    const third = follow(id);
    const coming = third.next();
    await deregisterSession(world.ctx, { session: "e" });
    expect((await coming).data).toMatchObject({ name: "e", state: "gone" });
    await third.leave();
  });

  it("can go on after the last session has ended", async () => {
    await world.worker({ name: "only" });
    const reader = follow();
    await reader.next();
    const end = reader.next();
    await deregisterSession(world.ctx, { session: "only" });
    const { id } = await end;
    await reader.leave();
    expect(id).not.toBe("");
    const again = follow(id);
    const coming = again.next();
    await world.worker({ name: "next" });
    expect((await coming).data.name).toBe("next");
    await again.leave();
  });

  it.each(["garbage", "1.zz", "1.a:too-long-digest", "2"])(
    "refuses the id %s, which is none of its own",
    async (id) => {
      await expect(follow(id).next()).rejects.toMatchObject({ code: "invalid_input" });
    },
  );
});
