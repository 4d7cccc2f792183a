import { type CallOf, operations } from "@conveyor/contracts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../ctx.ts";
import { record } from "../decisions/record.ts";
import { inbox } from "../everyday/inbox.ts";
import { finish } from "../tasks/finish.ts";
import { createWorld, type World } from "../testing/world.ts";
import { checkPermission } from "./check-permission.ts";
import { configure } from "./configure.ts";
import { grant, listGrants, revokeGrant } from "./grants.ts";
import { approve, decline, listOperatorItems } from "./operator.ts";
import { coveringGrants, momentAfter, type ScopedGrant } from "./scoped-grants.ts";

let world: World;
let asManager: Ctx;
beforeEach(async () => {
  world = createWorld();
  await world.pair({ task: "parser", manager: { name: "bob", codex_app_thread_id: "thread-manager" } });
  asManager = { ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id: "thread-manager" } };
  await configure(world.ctx, operations.contract.configure.input.parse({ task: "parser", mode: "strict" }));
});
afterEach(() => world.close());

type Ask = Partial<CallOf<typeof operations.contract.checkPermission>>;
const ask = (call: Ask = {}) =>
  checkPermission(
    asManager,
    operations.contract.checkPermission.input.parse({ task: "parser", permission: "repo.open_pr", ...call }),
  );
type Grant = Partial<CallOf<typeof operations.contract.grant>>;
const give = (call: Grant = {}, ctx: Ctx = world.ctx) =>
  grant(
    ctx,
    operations.contract.grant.input.parse({ task: "parser", permission: "repo.open_pr", reason: "asked for", ...call }),
  );

describe("a grant beside the config", () => {
  it("allows its one thing, as often and as long as it says, and in its place only", async () => {
    expect((await ask()).allowed).toBe(false);
    const { grant: once } = await give({ uses: 1, expires_in: "30m", branch: "fix/a" });
    expect((await ask()).allowed).toBe(false);
    expect((await ask({ branch: "fix/b" })).allowed).toBe(false);
    // To ask is not to use.
    expect(await ask({ branch: "fix/a" })).toMatchObject({ allowed: true, grant_ids: [once.id] });
    expect((await ask({ branch: "fix/a", use: true })).allowed).toBe(true);
    expect((await ask({ branch: "fix/a", use: true })).allowed).toBe(false);
    await give({ expires_in: "1s" });
    expect((await ask()).allowed).toBe(true);
    await world.store.write((tx) =>
      tx.db.permission_grants.updateMany({
        where: { expires_at: { not: null }, branch: null },
        data: { expires_at: "2001-01-01T00:00:00.000Z" },
      }),
    );
    expect((await ask()).allowed).toBe(false);
    const { grants } = await listGrants(world.ctx, { task: "parser" });
    expect(grants.map(({ live, uses }) => [live, uses])).toEqual([
      [false, 0],
      [false, 1],
    ]);
  });

  it("is given and taken back by a person alone", async () => {
    await expect(give({}, asManager)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(give({ permission: "worker_compact_clear" })).rejects.toMatchObject({ code: "unknown_permission" });
    const { grant: given } = await give();
    await expect(revokeGrant(asManager, { task: "parser", grant: given.id })).rejects.toMatchObject({
      code: "permission_denied",
    });
    await revokeGrant(world.ctx, { task: "parser", grant: given.id });
    expect((await ask()).allowed).toBe(false);
    await expect(revokeGrant(world.ctx, { task: "parser", grant: 99 })).rejects.toMatchObject({ code: "not_found" });
  });

  it("allows nothing when any part of it is missing or malformed", () => {
    const sound: ScopedGrant = {
      id: 1,
      action: "repo.open_pr",
      branch: null,
      pull_request: null,
      expires_at: null,
      max_uses: null,
      uses: 0,
      revoked_at: null,
    };
    const now = "2026-01-01T00:00:00.000Z";
    expect(coveringGrants([sound], ["repo.open_pr"], { now })).toEqual([1]);
    expect(coveringGrants([sound], [], { now })).toBeNull();
    const malformed = fc.oneof(
      fc.constantFrom(undefined, "", "null", 0.5, -1, Number.NaN, {}, [], true, false, "9999"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(sound) as (keyof ScopedGrant)[])), malformed, (field, value) => {
        fc.pre(!(typeof value === "string" && Number.isFinite(Date.parse(value))));
        expect(coveringGrants([{ ...sound, [field]: value }], ["repo.open_pr"], { now })).toBeNull();
      }),
    );
    expect(momentAfter(now, "2h")).toBe("2026-01-01T02:00:00.000Z");
  });
});

describe("what waits for the operator", () => {
  it("is a permission that was required and denied, once; approved, it is granted for one use", async () => {
    const { operator_item_id } = await ask({ require: true });
    expect((await ask({ require: true })).operator_item_id).toBe(operator_item_id);
    expect((await ask()).operator_item_id).toBeUndefined();
    const { items } = await listOperatorItems(world.ctx, { all: false, limit: 0 });
    expect(items).toMatchObject([{ id: operator_item_id, kind: "permission", subject: "repo.open_pr", state: "open" }]);
    expect(await inbox(world.ctx, { limit: 10 })).toMatchObject([
      { kind: "permission", task: "parser", command: expect.stringContaining("operator approve") },
    ]);
    const call = { item: items[0]?.id, reason: "go on", decision: "stop" };
    const input = operations.contract.approve.input.parse(call);
    await expect(approve(asManager, input)).rejects.toMatchObject({ code: "permission_denied" });
    const { item, grants } = await approve(world.ctx, input);
    expect(item).toMatchObject({ state: "approved", note: "go on", grant_id: grants[0]?.id });
    expect(grants).toMatchObject([{ action: "repo.open_pr", max_uses: 1, live: true }]);
    await expect(approve(world.ctx, input)).rejects.toMatchObject({ code: "conflict" });
    expect((await ask({ use: true })).allowed).toBe(true);
    expect((await ask()).allowed).toBe(false);
    expect(await inbox(world.ctx, { limit: 10 })).toEqual([]);
  });

  it("can be declined, and then nothing follows", async () => {
    const { operator_item_id = 0 } = await ask({ require: true });
    const { item } = await decline(world.ctx, { item: operator_item_id, reason: "not now" });
    expect(item).toMatchObject({ state: "declined", decision_id: null, grant_id: null });
    expect((await ask()).allowed).toBe(false);
    await expect(decline(world.ctx, { item: 99, reason: "x" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a decision for one use", () => {
  it("justifies one command and no second one", async () => {
    const decide = { task: "parser", decision: "stop", reason: "done", single_use: true } as const;
    const { id } = await record(world.ctx, decide);
    const end = () =>
      finish(
        world.ctx,
        operations.tasks.finish.input.parse({ task: "parser", decision_id: id, strict_decisions: true }),
      );
    await end();
    const stored = await world.store.read((tx) => tx.db.manager_decisions.findUniqueOrThrow({ where: { id } }));
    expect([stored.single_use, stored.used_by]).toEqual([true, expect.stringMatching(/^command-/)]);
    await world.store.write((tx) => tx.db.tasks.updateMany({ data: { state: "managed" } }));
    await expect(end()).rejects.toMatchObject({ message: expect.stringContaining("decision_used") });
  });
});
