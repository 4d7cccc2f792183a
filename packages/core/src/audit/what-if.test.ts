import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkPermission } from "../contract/check-permission.ts";
import { configure } from "../contract/configure.ts";
import { add as addCriterion } from "../criteria/add.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { cycle } from "../observation/cycle.ts";
import { finish as finishTask } from "../tasks/finish.ts";
import { createWorld, type World } from "../testing/world.ts";
import { silences } from "./judge-again.ts";
import { whatIf as judgeByPolicy } from "./what-if.ts";

const MINUTE = 60_000;
let clock = fixedClock();
let world: World;
beforeEach(async () => {
  clock = fixedClock();
  world = createWorld({ clock });
  await world.pair({ task: "auth" });
});
afterEach(() => world.close());

const whatIf = (policy: unknown) => {
  const file = join(world.root, "policy.json");
  writeFileSync(file, typeof policy === "string" ? policy : JSON.stringify(policy));
  return judgeByPolicy(world.ctx, { task: "auth", policy: file });
};
const config = (input: Record<string, unknown>) =>
  configure(world.ctx, operations.contract.configure.input.parse({ task: "auth", ...input }));
const ask = (permission: string, more: object = {}) =>
  checkPermission(world.ctx, operations.contract.checkPermission.input.parse({ task: "auth", permission, ...more }));
const finish = (input: Record<string, unknown>) =>
  finishTask(world.ctx, operations.tasks.finish.input.parse({ task: "auth", reason: "done", ...input })).catch(
    (thrown: { code?: string }) => thrown.code,
  );
const criterion = () =>
  addCriterion(world.ctx, { task: "auth", criterion: "it holds", source: "user_requested", status: "accepted" });
const decide = async () => (await recordDecision(world.ctx, { task: "auth", decision: "stop", reason: "proven" })).id;

/** Histories that end in every way that a gate knows, each refused for other reasons than the last. */
const CORPUS: Record<string, () => Promise<unknown>> = {
  "nothing was asked": async () => undefined,
  "permissions without a config": () => ask("repo.open_pr"),
  "permissions, granted, denied and without a handoff": async () => {
    await config({ permissions: { repo: ["open_pr"] } });
    for (const action of ["repo.open_pr", "allow_pr", "repo.merge_green_pr", "worker_session.compact"])
      await ask(action);
    await ask("repo.open_pr", { require_handoff: true });
  },
  "a finish without gates": () => finish({}),
  "a finish that criteria refuse, and then nobody": async () => {
    await criterion();
    await finish({ require_criteria_audit: true });
    await finish({});
  },
  "a finish that everything refuses": async () => {
    await config({ epilogue: ["run-tools"] });
    await criterion();
    const all = { require_criteria_audit: true, require_acks: true, require_epilogue: true, strict_decisions: true };
    await finish({ ...all, require_adversarial_proof: true });
  },
  "strict finishes, with an old decision and with a fresh one": async () => {
    const decision_id = await decide();
    await clock.advance(20 * MINUTE);
    await finish({ strict_decisions: true, decision_id });
    await finish({ strict_decisions: true, decision_id: await decide() });
  },
};

describe("what if another policy had been in force", () => {
  it.each(Object.keys(CORPUS))("the rules in force come to all that was recorded: %s", async (name) => {
    await CORPUS[name]?.();
    expect(await whatIf({})).toMatchObject({ differing: [], not_reproduced: [], stalls: [], wakes: [] });
  });

  it("judges finishes by other gates", async () => {
    await criterion();
    await finish({ require_criteria_audit: true });
    const decision_id = await decide();
    await clock.advance(10 * MINUTE);
    await finish({ strict_decisions: true, decision_id });
    const looser = await whatIf({ finish: { require_criteria_audit: false } });
    expect(looser.judged.finish).toBe(2);
    expect(looser.differing).toMatchObject([
      { what: "finish_task", recorded: { reasons: ["final_criteria_audit"] }, replayed: { allowed: true } },
    ]);
    const stricter = await whatIf({
      finish: { require_criteria_audit: true, strict_decisions: true },
      decision_max_age_seconds: 60,
    });
    expect(stricter.differing.map(({ replayed }) => replayed.reasons)).toEqual([
      ["manager_decision", "final_criteria_audit"],
      ["manager_decision", "final_criteria_audit"],
    ]);
    expect((await whatIf({ decision_max_age_seconds: 700 })).differing).toEqual([]);
  });

  it("judges permissions by another config", async () => {
    await config({ permissions: { repo: ["open_pr"] } });
    await ask("repo.open_pr");
    await ask("repo.merge_green_pr");
    const { differing } = await whatIf({ permissions: { repo: ["merge_green_pr"] } });
    expect(differing.map(({ what, replayed }) => [what, replayed.allowed])).toEqual([
      ["repo.open_pr", false],
      ["repo.merge_green_pr", true],
    ]);
  });

  it("tells which stalls are noticed earlier, later or only now", async () => {
    const look = () => cycle(world.ctx, { task: "auth", busy_wait_seconds: 90 });
    await look();
    await clock.advance(30 * MINUTE);
    await look();
    await clock.advance(90 * MINUTE);
    await look();
    const { stalls } = await whatIf({ stale_cycles_seconds: 600 });
    expect(stalls.map(({ noticed_at }) => noticed_at === null)).toEqual([true, false]);
    for (const { from, replayed_at } of stalls)
      expect(Date.parse(String(replayed_at)) - Date.parse(from)).toBe(10 * MINUTE);
    const [later] = (await whatIf({ stale_cycles_seconds: 86_400 })).stalls;
    expect(later).toMatchObject({ replayed_at: null, noticed_at: expect.any(String) });
  });

  it("compares silences by the moment at which each rule notices them", () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * MINUTE).toISOString();
    const moments = [at(0), at(2), at(12)];
    expect(silences("worker", moments, { in_force: 180, replayed: 600, until: at(13) })).toEqual([
      { who: "worker", from: at(2), until: at(12), noticed_at: at(5), replayed_at: null },
    ]);
    expect(silences("worker", moments, { in_force: 60, replayed: 60, until: at(99) })).toEqual([]);
  });

  it.each(["", "[]", '{"finish":{"require_tea":true}}', '{"decision_max_age_seconds":-1}', '{"unknown":1}'])(
    "refuses the file %j",
    async (text) => {
      await expect(whatIf(text)).rejects.toMatchObject({ code: "invalid_input" });
    },
  );
});
