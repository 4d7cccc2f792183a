import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../../testing/world.ts";
import { authorOfCaller } from "./caller.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const calledBy = (caller_thread_id?: string) =>
  authorOfCaller({ ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id } });

describe("the author of a command's text", () => {
  it("is a person where no agent runs the command", async () => {
    expect(await calledBy()).toEqual({ kind: "operator" });
  });

  it("is the session that is the agent's thread", async () => {
    const { name, session_id } = await world.manager();
    const { codex_session_id } = await world.store.read((tx) =>
      tx.db.sessions.findUniqueOrThrow({ where: { id: session_id } }),
    );
    expect(await calledBy(codex_session_id ?? "")).toEqual({ kind: "session", name, role: "manager", item_id: null });
  });

  it("is some agent where nobody registered the thread", async () => {
    await world.worker();
    for (const thread of ["another thread", "' OR 1=1 --", "\u0000"])
      expect(await calledBy(thread)).toEqual({ kind: "agent" });
  });
});
