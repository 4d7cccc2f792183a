import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Input, QaResult, QaScenarioName } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { replaceFile } from "@conveyor/files";
import { createHost } from "@conveyor/host";
import { Store } from "@conveyor/store";
import type { Ctx, HostCtx } from "../ctx.ts";
import { failureText, type Outcome, qaReceiptText, receiptOf } from "./receipt.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { QaCheck } from "./stage/checks.ts";
import { Stage } from "./stage/stage.ts";

/** A scenario that was played, or was not. */
export interface Played {
  scenario: QaScenarioName;
  result: QaResult;
  reason: string | null;
  receipt_path: string | null;
  duration_ms: number;
  noted: readonly QaCheck[];
}

/** A scenario of the table, with the name that it has there. */
export type NamedScenario = Scenario & { name: QaScenarioName };

type Asked = Input<"qa.run"> & { receipt_path: string };

/**
 * Play a scenario and write its receipt, whatever came of it. Its own ledger is removed when all went well and it is not to
 * be kept. Throws what keeps it from being played at all, `conflict` for one; nothing is left then.
 */
export async function play(ctx: HostCtx, scene: NamedScenario, asked: Asked): Promise<Played> {
  const { name: scenario } = scene;
  const began = ctx.host.clock.now();
  const own_folder = asked.ledger === undefined ? mkdtempSync(join(tmpdir(), "conveyor-qa-")) : undefined;
  const ledger_path = asked.ledger ?? join(own_folder as string, "workerctl.db");
  const slug = randomBytes(4).toString("hex");
  const stage = new Stage(openLedger(ctx, ledger_path), {
    slug,
    dispatcher_id: asked.dispatcher_id ?? `qa-run-${slug}`,
    folder: join(dirname(asked.receipt_path), `${scenario}-artifacts`, `${slug}-${randomBytes(4).toString("hex")}`),
    input: asked,
  });
  let isWhole = false;
  try {
    const outcome = await outcomeOf(stage, scene);
    await stage.ctx.store.close();
    const { receipt_path } = asked;
    const receipt = await receiptOf(stage, outcome, { scenario, receipt_path, began });
    replaceFile(receipt_path, qaReceiptText(receipt));
    isWhole = "proven" in outcome;
    const reason = "failure" in outcome ? failureText(outcome.failure) : null;
    const duration_ms = receipt["duration_ms"] as number;
    return {
      scenario,
      result: isWhole ? "passed" : "failed",
      reason,
      receipt_path,
      duration_ms,
      noted: stage.checks.all,
    };
  } catch (error) {
    // It never began: there is nothing to look at.
    isWhole = error instanceof ConveyorError;
    throw error;
  } finally {
    await stage.ctx.store.close();
    if (own_folder !== undefined && isWhole && !asked.keep) rmSync(own_folder, { recursive: true, force: true });
  }
}

/** What keeps a scenario from being played, rather than being found out by it. */
const NOT_PLAYED: ReadonlySet<string> = new Set(["conflict", "interrupted", "tool_missing"]);

async function outcomeOf(stage: Stage, scene: Scenario): Promise<Outcome> {
  try {
    return { proven: await scene.play(stage) };
  } catch (error) {
    if (error instanceof ConveyorError && NOT_PLAYED.has(error.code)) throw error;
    if (stage.ctx.signal.aborted) throw error;
    return { failure: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** The world of a scenario: this machine, and a ledger that is nobody else's business. */
function openLedger(ctx: HostCtx, ledger_path: string): Ctx {
  const host = createHost({ env: ctx.host.env, clock: ctx.host.clock });
  const store = Store.open({
    path: ledger_path,
    create: true,
    durable: false,
    clock: host.clock,
    host_id: () => host.host_id,
  });
  const settings = { ...ctx.settings, ledger_path, state_root: dirname(ledger_path), caller_thread_id: undefined };
  return { host, agents: ctx.agents, settings, signal: ctx.signal, store };
}
