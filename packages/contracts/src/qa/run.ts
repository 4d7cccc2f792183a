import { z } from "zod";
import { filePath, listOf, newName, printable } from "../bounds.ts";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { QA_RESULTS, QA_SCENARIOS } from "./words.ts";

const playedScenario = z.object({
  scenario: z.enum(QA_SCENARIOS),
  result: z.enum(QA_RESULTS),
  checks: count.describe("how many were made, the one that failed included"),
  reason: z.string().nullable().describe("why it failed or was skipped"),
  receipt_path: z.string().nullable().describe("null for one that was skipped"),
});

/** `qa-run [SCENARIO]` and `qa-run all` (spec 05 §5.11). */
export const run = operation({
  path: "qa.run",
  kind: "mutation",
  summary: "Play a scenario on a ledger of its own and write a receipt of what was proven",
  ledger: "none",
  refuses: ["conflict", "conflicting_flags", "side_effect_failed", "tool_missing"],
  cli: {
    command: "qa-run",
    place: 30,
    prints: "text",
    here: true,
    notes: `The ledger is a new one in a temporary folder, removed when all went well, or the one that --path names.
all plays every scenario that can run here, writes a receipt each into the folder --receipt-output, and says of the
others why they were skipped. The exit code is 1 when something failed. The --github and --max flags belong to
setup-bundle-live-sandbox.`,
    examples: [
      "qa-run --receipt-output receipt.json",
      "qa-run ship-it-loop --receipt-output receipt.json --json",
      "qa-run all --receipt-output receipts --junit qa.xml",
    ],
  },
  input: z.object({
    scenario: cli(z.enum([...QA_SCENARIOS, "all"]), { position: 0, placeholder: "scenario" })
      .default("ralph-loop-guardrails")
      .describe("which scenario, or all"),
    receipt_output: cli(filePath, { path: true, placeholder: "file" }).describe(
      "file for the receipt; with all the folder for the receipts",
    ),
    junit: cli(filePath, { path: true, placeholder: "xml" })
      .optional()
      .describe("file for the results in the form of JUnit"),
    dispatcher_id: newName(128).optional().describe("name under which Dispatch works; default: qa-run-<8 hex digits>"),
    keep: z.boolean().default(false).describe("keep the temporary ledger also when all went well"),
    ledger: cli(filePath, { hidden: true }).optional().describe("the ledger that --path names"),
    allow_github_side_effects: z.boolean().default(false).describe("say that a live run may act on a forge"),
    github_repo: printable(200)
      .optional()
      .describe("repository of a live run; it has to be on the list of allowed ones"),
    allowed_github_repos: cli(listOf(printable(200)), { hidden: true })
      .default([])
      .describe("repositories that `qa.sandbox_repos` of the configuration allows for live runs"),
    branch_prefix: printable(200).optional().describe("how the branches of a live run begin: dogfood/"),
    max_prs: z.int().min(0).max(1000).optional().describe("pull requests of a live run: 1"),
    max_iterations: z.int().min(0).max(1000).optional().describe("iterations of a live run: 1 or 2"),
    max_runtime_minutes: z.int().min(0).max(100_000).optional().describe("length of a live run in minutes: 1 to 60"),
  }),
  output: z.object({
    scenario: z.enum([...QA_SCENARIOS, "all"]),
    result: z.enum(QA_RESULTS),
    checks: count,
    receipt_path: z.string().describe("the receipt; of all the folder of the receipts"),
    junit_path: z.string().nullable(),
    scenarios: z.array(playedScenario),
  }),
});

/** `qa-run --list`. */
export const listScenarios = operation({
  path: "qa.listScenarios",
  kind: "query",
  summary: "List the scenarios that can be played",
  ledger: "none",
  cli: { command: "qa-run", place: 40, select: "list", prints: "text", examples: ["qa-run --list"] },
  input: z.object({}),
  output: z.object({ scenarios: z.array(z.object({ scenario: z.enum(QA_SCENARIOS), about: z.string() })) }),
});
