import type { QaResult, QaScenarioName } from "@conveyor/contracts";
import { sortedKeys } from "@conveyor/contracts/json";
import { VERSION } from "@conveyor/contracts/version";
import { fileFingerprint } from "@conveyor/host";
import { SCHEMA_VERSION } from "@conveyor/store";
import { packageInfo } from "../system/package-info.ts";
import type { ScenarioProof } from "./scenarios/scenario.ts";
import { CheckFailed } from "./stage/checks.ts";
import type { Stage } from "./stage/stage.ts";

/** Larger files are named in a receipt without their hash. */
const MOST_HASHED_BYTES = 1024 * 1024 * 1024;

/** What a scenario came to: what it proved, or why it did not. */
export type Outcome = { proven: ScenarioProof } | { failure: Error };

/** The receipt of one played scenario (spec 05 §5.11). The hashes are those of the files as they are now. */
export async function receiptOf(
  stage: Stage,
  outcome: Outcome,
  told: { scenario: QaScenarioName; receipt_path: string; began: Date },
): Promise<Record<string, unknown>> {
  const { ctx, artifacts, tasks, checks, dispatcher_id } = stage;
  const now = ctx.host.clock.now();
  const files = { db_path: ctx.settings.ledger_path, ...artifacts };
  const proven = "proven" in outcome ? outcome.proven : undefined;
  return {
    ...proven?.facts,
    scenario: told.scenario,
    result: proven === undefined ? "failed" : ("passed" satisfies QaResult),
    ...("failure" in outcome && { failure: failureText(outcome.failure) }),
    generated_at: now.toISOString(),
    receipt_path: told.receipt_path,
    artifacts: files,
    hashes: await hashesOf(files),
    checks: checks.all,
    generated_tasks: tasks,
    replay_commands: proven?.replay_commands ?? [],
    dispatcher_id,
    duration_ms: now.getTime() - told.began.getTime(),
    product: { name: packageInfo().name, version: VERSION, schema_version: SCHEMA_VERSION },
    runner: { host_id: ctx.host.host_id, platform: process.platform, node: process.version },
  };
}

/** A receipt as it is written: keys sorted, two blanks, a line break at the end. */
export function qaReceiptText(receipt: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(sortedKeys(receipt), null, 2)}\n`;
}

/** Why a scenario failed, in one line without a trace. */
export function failureText(failure: Error): string {
  return failure instanceof CheckFailed ? failure.message : `it ended with an error: ${failure.message}`;
}

async function hashesOf(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [name, path] of Object.entries(files)) {
    const found = await fileFingerprint(path, MOST_HASHED_BYTES);
    if (found !== undefined) hashes[name] = found.sha256;
  }
  return hashes;
}
