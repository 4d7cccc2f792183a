import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { roleLease, signsOfLife } from "./role-lease.ts";

const now = new Date("2026-01-01T00:03:00.500Z");

describe("the lease of a role", () => {
  it.each([
    [null, "missing", null],
    ["2026-01-01T00:03:00.500Z", "healthy", 0],
    ["2026-01-01T00:00:00.000Z", "healthy", 180],
    ["2025-12-31T23:59:59.500Z", "stale", 181],
    ["2026-01-01T00:09:00.000Z", "healthy", 0],
  ] as const)("with a last sign of life at %s is %s", (recorded_at, state, age_seconds) => {
    const lease = roleLease(recorded_at && { source: "inbox", recorded_at }, now);
    expect(lease).toMatchObject({ state, age_seconds, stale_after_seconds: 180 });
  });
});

describe("the newest sign of life of a session", () => {
  let world: World;
  const clock = fixedClock();
  beforeEach(() => {
    world = createWorld({ clock });
  });
  afterEach(() => world.close());

  const signOf = (name: string) =>
    world.store.read(async (tx) => {
      const session = await tx.db.sessions.findUniqueOrThrow({ where: { name } });
      return signsOfLife(tx, [session]).get(session.id);
    });
  const heartbeat = (session_id: string, recorded_at: string) =>
    world.store.write((tx) =>
      tx.db.role_heartbeats.create({
        data: { seq: tx.seq(), session_id, role: "worker", source: "inbox", recorded_at },
      }),
    );

  it("is its registration while there is no heartbeat", async () => {
    const worker = await world.worker({ name: "w" });
    expect(worker.session_id).toMatch(/^session-/);
    expect(await signOf("w")).toEqual({ source: "registration", recorded_at: clock.iso() });
  });

  it("is the heartbeat that was written last, whatever its time says", async () => {
    const { session_id } = await world.worker({ name: "w" });
    await heartbeat(session_id, "2026-01-01T00:00:09.000Z");
    await heartbeat(session_id, "2026-01-01T00:00:05.000Z");
    expect(await signOf("w")).toEqual({ source: "inbox", recorded_at: "2026-01-01T00:00:05.000Z" });
  });

  it("is nothing after a rotation until the new thread shows itself", async () => {
    const { task, worker, binding_id } = await world.pair();
    await heartbeat(worker.session_id, "2026-01-01T00:00:01.000Z");
    await world.store.write((tx) =>
      tx.db.worker_rotations.create({
        data: {
          id: "rotation-1",
          seq: tx.seq(),
          task_id: task.id,
          binding_id,
          worker_session_id: worker.session_id,
          kind: "recorded",
          blockers_json: "[]",
          require_handoff: false,
          old_worker_thread_id: "old",
          session_updated: true,
          recorded_at: tx.now,
        },
      }),
    );
    expect(await signOf(worker.name)).toBeUndefined();
    await heartbeat(worker.session_id, "2026-01-01T00:00:02.000Z");
    expect(await signOf(worker.name)).toMatchObject({ source: "inbox" });
  });
});
