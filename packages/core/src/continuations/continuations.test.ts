import { type Call, operations } from "@conveyor/contracts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { show as audit } from "../audit/show.ts";
import { configure } from "../contract/configure.ts";
import { createWorld, type World } from "../testing/world.ts";
import { list as listOf } from "./list.ts";
import { review as reviewTurn } from "./review.ts";
import { readReview } from "./review-document.ts";
import { operatorRoutingRequired } from "./routing.ts";
import { submit as submitTo } from "./submit.ts";

let world: World;
beforeEach(async () => {
  world = createWorld({});
  await world.task({ name: "parser" });
});
afterEach(() => world.close());

const submit = (proposer: "manager" | "worker", correlation_id?: string, payload = {}) =>
  submitTo(world.ctx, { task: "parser", proposer, payload, correlation_id });
const list = (call: Partial<Call<"continuations.list">> = {}) =>
  listOf(world.ctx, operations.continuations.list.input.parse({ task: "parser", ...call }));
const grant = () =>
  configure(
    world.ctx,
    operations.contract.configure.input.parse({ task: "parser", permit: ["context.spawn_reviewer"] }),
  );
const RUN = { reviewer_session_id: "rev", manager_session_id: "mgr", manager_rollout_access: false };
const REVIEW = { agreement: "match", verdict: "proceed", rationale: "both go on", subagent_run: RUN };
const review = (payload: Record<string, unknown> = REVIEW, correlation_id = "turn-1") =>
  reviewTurn(world.ctx, { task: "parser", payload, correlation_id });

describe("continuation --submit", () => {
  it("begins a turn with the worker's proposal and names it", async () => {
    const first = await submit("worker", undefined, { next: "split" });
    expect(first).toMatchObject({
      proposer: "worker",
      revision: 1,
      payload: { next: "split" },
      after_disclosure: false,
    });
    expect(first.correlation_id).toMatch(/^continuation-[0-9a-f-]{36}$/);
    expect(await world.auditEvent("task_continuation_recorded")).toMatchObject({ actor: "worker" });
    expect(await world.telemetryEvent("task_continuation_recorded")).toMatchObject({
      actor: "worker",
      attributes: { payload_keys: ["next"], proposer: "worker" },
    });
    expect((await submit("worker", "turn-2")).revision).toBe(2);
    expect((await submit("manager", "turn-2")).revision).toBe(1);
  });

  it("refuses a manager that is first, or names no turn, or one of another task", async () => {
    await world.task({ name: "lexer" });
    await submitTo(world.ctx, { task: "lexer", proposer: "worker", payload: {}, correlation_id: "theirs" });
    for (const turn of [undefined, "turn-1", "theirs"]) {
      await expect(submit("manager", turn)).rejects.toMatchObject({
        code: "continuation_order",
        details: { missing: ["worker"] },
      });
    }
  });
});

describe("continuation --list", () => {
  it("shows no payload unless it is asked for", async () => {
    await submit("worker", "turn-1", { plan: "never tell" });
    const { continuations } = await list();
    expect(continuations).toMatchObject([{ proposer: "worker", payload_redacted: true }]);
    expect(continuations[0]).not.toHaveProperty("payload");
  });

  it("keeps the worker's proposal from the manager until it has made its own", async () => {
    await submit("worker", "turn-1", { plan: "w" });
    expect((await list({ as_role: "manager", include_payload: true })).continuations).toMatchObject([
      { payload_redacted: true },
    ]);
    const one = { as_role: "manager", include_payload: true, correlation_id: "turn-1" } as const;
    await expect(list(one)).rejects.toMatchObject({ code: "continuation_not_disclosed" });
    expect(JSON.stringify(await auditOf())).not.toContain('"plan":"w"');
    expect(await submit("manager", "turn-1", { plan: "m" })).toMatchObject({ after_disclosure: false });
    expect((await list(one)).continuations).toMatchObject([{ payload: { plan: "w" } }, { payload: { plan: "m" } }]);
    expect(await submit("manager", "turn-1")).toMatchObject({ after_disclosure: true });
  });

  it("records who read a proposal before the turn was paired", async () => {
    await submit("worker", "turn-1", { plan: "w" });
    await list({ as_role: "reviewer", include_payload: true });
    expect((await submit("manager", "turn-1")).after_disclosure).toBe(false);
    expect(await world.auditEvent("continuation_payload_disclosed")).toMatchObject({
      payload: { as_role: "reviewer", correlation_id: "turn-1", surface: "continuation" },
    });
    await submit("worker", "turn-2");
    await list({ include_payload: true });
    expect((await submit("manager", "turn-2")).after_disclosure).toBe(true);
  });

  it("filters proposals and reviews by their turn", async () => {
    await grant();
    for (const turn of ["turn-1", "turn-2"]) {
      await submit("worker", turn);
      await submit("manager", turn);
      await review(REVIEW, turn);
    }
    const only = await list({ correlation_id: "turn-2" });
    expect(only.continuations.map(({ correlation_id }) => correlation_id)).toEqual(["turn-2", "turn-2"]);
    expect(only.reviews.map(({ correlation_id }) => correlation_id)).toEqual(["turn-2"]);
    expect((await list()).reviews).toHaveLength(2);
  });

  const auditOf = () => audit(world.ctx, operations.audit.show.input.parse({ task: "parser", include_content: true }));
});

describe("continuation --review", () => {
  it("needs the permission, then both proposals", async () => {
    await expect(review()).rejects.toMatchObject({
      code: "permission_denied",
      details: { reasons: ["missing_manager_config"] },
    });
    await grant();
    await expect(review()).rejects.toMatchObject({ details: { missing: ["worker", "manager"] } });
    await submit("worker", "turn-1");
    await expect(review()).rejects.toMatchObject({ code: "continuation_order", details: { missing: ["manager"] } });
  });

  it("is about the newest proposals, and the newest of many reviews is the last", async () => {
    await grant();
    await submit("worker", "turn-1");
    const worker = await submit("worker", "turn-1");
    const manager = await submit("manager", "turn-1");
    const first = await review();
    expect(first).toMatchObject({
      worker_continuation_id: worker.id,
      manager_continuation_id: manager.id,
      agreement: "match",
      verdict: "proceed",
      addendum: null,
      operator_routing_required: false,
      subagent_run: { nudge_on_completion: "ask-operator", operator_routing_required: false },
    });
    const second = await review({ ...REVIEW, agreement: "divergent", verdict: "stop", addendum: "look" });
    expect(second).toMatchObject({ operator_routing_required: true, addendum: "look" });
    expect((await list()).reviews.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it.each([
    ["no agreement", { agreement: undefined }, "agreement"],
    ["an unknown verdict", { verdict: "maybe" }, "verdict"],
    ["a blank rationale", { rationale: " " }, "rationale"],
    ["an addendum that is no text", { addendum: 3 }, "addendum"],
    ["no run", { subagent_run: null }, "subagent_run"],
    ["a run that is a list", { subagent_run: [] }, "subagent_run"],
    [
      "the manager as reviewer",
      { subagent_run: { ...RUN, reviewer_session_id: "mgr" } },
      "subagent_run.reviewer_session_id",
    ],
    ["no manager", { subagent_run: { ...RUN, manager_session_id: "" } }, "subagent_run.manager_session_id"],
    [
      "access to the rollout in a word",
      { subagent_run: { ...RUN, manager_rollout_access: "false" } },
      "subagent_run.manager_rollout_access",
    ],
  ])("with %s is refused by the path of the field, and nothing is written", async (_what, wrong, field) => {
    await grant();
    await submit("worker", "turn-1");
    await submit("manager", "turn-1");
    await expect(review({ ...REVIEW, ...wrong })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(field),
      details: { issues: [{ field }] },
    });
    expect((await list()).reviews).toEqual([]);
  });

  it("is never read out of anything but a whole review", () => {
    const nearly = fc.oneof(
      fc.anything(),
      fc.record(
        {
          agreement: fc.oneof(fc.constant("match"), fc.anything()),
          verdict: fc.oneof(fc.constant("proceed"), fc.anything()),
          rationale: fc.oneof(fc.string(), fc.anything()),
          subagent_run: fc.oneof(fc.record({ manager_rollout_access: fc.anything() }), fc.anything()),
        },
        { requiredKeys: [] },
      ),
    );
    // None of these has two sessions, so none may be taken for a review.
    fc.assert(fc.property(nearly, (value) => !readReview(value).ok));
  });
});

describe("whether a person has to decide", () => {
  it.each([
    ["match", "proceed", "succeeded", "ask-operator", false],
    ["divergent", "proceed", "succeeded", "ask-operator", true],
    ["divergent", "amend", "succeeded", "off", true],
    ["divergent", "amend", "succeeded", "auto-review", true],
    ["divergent", "amend", "succeeded", "auto-proceed", false],
    ["divergent", "stop", "failed", "auto-proceed", true],
    ["compatible", "stop", "succeeded", "auto-proceed", false],
    ["divergent", "amend", undefined, "no such mode", true],
  ])("%s, %s, %s with %s: %s", (agreement, verdict, status, nudge_on_completion, required) => {
    expect(operatorRoutingRequired({ agreement, verdict, status, nudge_on_completion })).toBe(required);
  });
});
