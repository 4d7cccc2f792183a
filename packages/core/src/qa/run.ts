import { join } from "node:path";
import { type Input, type Output, QA_SCENARIOS, type QaResult, type QaScenarioName } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { assertOutputPlace, makeFolder, replaceFile } from "@conveyor/files";
import type { HostCtx } from "../ctx.ts";
import { junitReport } from "./junit.ts";
import { type Played, play } from "./play.ts";
import { SCENARIOS } from "./scenarios/table.ts";

type Asked = Input<"qa.run">;

/**
 * Play one scenario, or all that can run here, and write receipts (spec 05 §5.11). A scenario that fails is an answer, with
 * a receipt; one that cannot run here is refused with `tool_missing` or `precondition_failed`, and skipped among all. Throws
 * `conflict` for a ledger in which commands of somebody else wait, `conflicting_flags` for flags of another scenario,
 * `invalid_input` for places that cannot be written; there is no receipt then.
 */
export async function run(ctx: HostCtx, input: Asked): Promise<Output<"qa.run">> {
  assertFlags(input);
  if (input.junit !== undefined) assertOutputPlace(input.junit, "--junit");
  const { scenario } = input;
  if (scenario !== "all") assertOutputPlace(input.receipt_output, "--receipt-output");
  else assertFolderPlace(input.receipt_output);
  const played = scenario === "all" ? await playAll(ctx, input) : [await playOne(ctx, scenario, input)];
  if (input.junit !== undefined) {
    replaceFile(input.junit, junitReport(played.map((own) => ({ ...own, checks: own.noted }))));
  }
  return {
    scenario,
    result: overall(played.map(({ result }) => result)),
    checks: played.reduce((sum, { noted }) => sum + noted.length, 0),
    receipt_path: input.receipt_output,
    junit_path: input.junit ?? null,
    scenarios: played.map(({ noted, duration_ms: _duration, ...own }) => ({ ...own, checks: noted.length })),
  };
}

/** The scenarios, each with what it proves. */
export async function listScenarios(
  _ctx: HostCtx,
  _input: Input<"qa.listScenarios">,
): Promise<Output<"qa.listScenarios">> {
  return { scenarios: QA_SCENARIOS.map((scenario) => ({ scenario, about: SCENARIOS[scenario].about })) };
}

/** All together passed when something did and nothing failed. */
function overall(results: readonly QaResult[]): QaResult {
  if (results.includes("failed")) return "failed";
  return results.includes("passed") ? "passed" : "skipped";
}

async function playOne(ctx: HostCtx, scenario: QaScenarioName, input: Asked): Promise<Played> {
  await SCENARIOS[scenario].preflight?.(ctx, input);
  return play(ctx, { name: scenario, ...SCENARIOS[scenario] }, { ...input, receipt_path: input.receipt_output });
}

/** The codes by which a scenario says that it cannot run here. */
const CANNOT_RUN: ReadonlySet<string> = new Set(["precondition_failed", "tool_missing"]);

async function playAll(ctx: HostCtx, input: Asked): Promise<Played[]> {
  const played: Played[] = [];
  for (const scenario of QA_SCENARIOS) {
    const reason = await whyNotHere(ctx, scenario, input);
    if (reason !== null) {
      played.push({ scenario, result: "skipped", reason, receipt_path: null, duration_ms: 0, noted: [] });
      continue;
    }
    const receipt_path = join(input.receipt_output, `${scenario}.json`);
    assertOutputPlace(receipt_path, "--receipt-output");
    const one = await play(ctx, { name: scenario, ...SCENARIOS[scenario] }, { ...input, receipt_path });
    played.push(one);
    ctx.onProgress?.({ scenario, result: one.result });
  }
  return played;
}

async function whyNotHere(ctx: HostCtx, scenario: QaScenarioName, input: Asked): Promise<string | null> {
  try {
    await SCENARIOS[scenario].preflight?.(ctx, input);
    return null;
  } catch (refusal) {
    if (refusal instanceof ConveyorError && CANNOT_RUN.has(refusal.code)) return refusal.message;
    throw refusal;
  }
}

const LIVE = "setup-bundle-live-sandbox";
const LIVE_FLAGS = ["github_repo", "branch_prefix", "max_prs", "max_iterations", "max_runtime_minutes"] as const;

function assertFlags(input: Asked): void {
  const { scenario, allow_github_side_effects } = input;
  if (scenario === LIVE) return;
  const given = LIVE_FLAGS.find((field) => input[field] !== undefined);
  const flag = allow_github_side_effects ? "allow_github_side_effects" : given;
  if (flag === undefined) return;
  throw new ConveyorError("conflicting_flags", `--${flag.replaceAll("_", "-")} belongs to ${LIVE} alone`, {
    hint: "leave it out",
  });
}

function assertFolderPlace(path: string): void {
  // A file in it is what will be written.
  assertOutputPlace(join(path, `${QA_SCENARIOS[0]}.json`), "--receipt-output");
  makeFolder(path, 0o777);
}
