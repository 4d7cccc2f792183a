import { presents } from "../presentation.ts";
import { lines, table } from "../print/text.ts";

/** `qa-run` (spec 05 §5.11). */
export const run = presents("qa.run", {
  prepare: async (input, { ledger }) => ({ ...input, ...(ledger !== undefined && { ledger }) }),
  text: ({ scenario, result, checks, receipt_path, junit_path, scenarios }) =>
    lines(
      `${scenario}: ${result} (${checks} checks)`,
      ...scenarios
        .filter(({ reason }) => reason !== null || scenario === "all")
        .map(
          (own) =>
            `  ${own.scenario}: ${own.result}${own.reason === null ? ` (${own.checks} checks)` : `: ${own.reason}`}`,
        ),
      `receipt: ${receipt_path}`,
      junit_path !== null && `JUnit: ${junit_path}`,
    ),
  exitCode: ({ result }) => (result === "failed" ? 1 : 0),
});

/** `qa-run --list`. */
export const listScenarios = presents("qa.listScenarios", {
  text: ({ scenarios }, view) =>
    table(
      scenarios.map(({ scenario, about }) => [scenario, about]),
      view,
    ),
});
