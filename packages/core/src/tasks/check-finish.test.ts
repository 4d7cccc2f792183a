import { type Call, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configure } from "../contract/configure.ts";
import { add } from "../criteria/add.ts";
import { createWorld, type World } from "../testing/world.ts";
import { checkFinish } from "./check-finish.ts";
import { finish } from "./finish.ts";

let world: World;
beforeEach(async () => {
  world = createWorld({});
  await world.pair({ task: "it's" });
});
afterEach(() => world.close());

const read = (call: Partial<Call<"tasks.finish">>) =>
  operations.tasks.finish.input.parse({ task: "it's", no_run: true, ...call });
const check = (call: Partial<Call<"tasks.finish">> = {}) => checkFinish(world.ctx, read(call));
const accepted = (criterion: string) =>
  add(
    world.ctx,
    operations.criteria.add.input.parse({ task: "it's", criterion, source: "user_requested", status: "accepted" }),
  );

const EVERYTHING = {
  require_criteria_audit: true,
  require_acks: true,
  require_epilogue: true,
  require_adversarial_proof: true,
  strict_decisions: true,
} as const;

describe("finish-task --check", () => {
  it("looks at every gate, says what is demanded, and names the exact commands", async () => {
    await configure(
      world.ctx,
      operations.contract.configure.input.parse({ task: "it's", epilogue: ["record-handoff"], require_acks: true }),
    );
    const { affected_criterion } = await accepted("tests pass");
    const before = await world.auditTypes();
    const { ready, gates } = await check();
    expect(ready).toBe(false);
    const of = (stage: string) => gates.find((gate) => gate.stage === stage);
    const task = `'it'"'"'s'`;
    const path = `--path '${world.ctx.settings.ledger_path}'`;
    expect(of("final_ack_audit")).toMatchObject({
      required: true,
      ok: false,
      fix: [`conveyor worker-ack ${task} --from-stdin ${path}`, `conveyor manager-ack ${task} --from-stdin ${path}`],
    });
    expect(of("final_criteria_audit")).toMatchObject({
      required: false,
      ok: false,
      fix: [`conveyor criteria ${task} --satisfy ${affected_criterion.id} --evidence-json <json> ${path}`],
    });
    expect(of("final_epilogue_audit")?.fix).toEqual([`conveyor epilogue ${task} --step 'record-handoff' ${path}`]);
    expect(of("manager_decision")?.fix).toEqual([`conveyor record-decision ${task} 'stop' --reason <why> ${path}`]);
    expect(gates).toHaveLength(6);
    expect(await world.auditTypes()).toEqual(before);
  });

  it("says of each gate what the finish itself then says, with the same commands", async () => {
    await accepted("tests pass");
    const { gates } = await check(EVERYTHING);
    const refused = gates.filter(({ ok, required }) => required && !ok);
    await expect(finish(world.ctx, read(EVERYTHING))).rejects.toMatchObject({
      code: "gate_failed",
      details: { failures: refused.map(({ stage, reason, fix }) => ({ stage, message: reason, fix })) },
    });
  });

  it("is ready where nothing is demanded that is not there, and refuses a closed task", async () => {
    expect(await check()).toMatchObject({ ready: true });
    await finish(world.ctx, read({}));
    await expect(check()).rejects.toMatchObject({ code: "terminal_state" });
  });
});
