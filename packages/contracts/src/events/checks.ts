import type { EventDeclaration, Zod } from "./declaration.ts";

const JUDGES = ["manager", "operator"] as const;
const ANYBODY = ["worker", ...JUDGES] as const;

const ofCheck = (z: Zod) => ({
  check_id: z.int().describe("the number of the check"),
  criterion_id: z.int().describe("the number of its criterion"),
  revision: z.int().describe("the revision of the check"),
});

/** Checks, their runs, waivers and receipts (spec 09). None of them holds what a check printed. */
export const checkEvents = {
  check_added: {
    kind: "both",
    tells: "a check was added to a criterion",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({
      ...ofCheck(z),
      kind: z.string().describe("what it looks at"),
      accepted: z.boolean().describe("whether it counts at once"),
    }),
  },
  check_changed: {
    kind: "both",
    tells: "a check was changed, accepted or taken away",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({ ...ofCheck(z), change: z.enum(["edited", "accepted", "removed"]).describe("what was done") }),
  },
  check_run_started: {
    kind: "audit",
    tells: "a check is about to be run",
    attributes: (z) => ({
      ...ofCheck(z),
      check_run_id: z.int().describe("the number of the run"),
      trigger: z.string().describe("what asked for it"),
    }),
  },
  check_run_finished: {
    kind: "both",
    tells: "a run of a check ended",
    actor: "workerctl",
    severity: ["info", "warning"],
    attributes: (z) => ({
      ...ofCheck(z),
      check_run_id: z.int().describe("the number of the run"),
      state: z.string().describe("how it ended"),
      duration_ms: z.int().describe("how long it took"),
      sandbox: z.string().describe("what kept it in its place"),
      tree: z.string().describe("hash of the files that it ran on"),
      covers_hash: z.string().describe("hash of those that it covers"),
    }),
  },
  check_run_cancel_requested: {
    kind: "both",
    tells: "somebody asked for a run of a check to end",
    actor: ANYBODY,
    severity: "warning",
    attributes: (z) => ({ ...ofCheck(z), check_run_id: z.int().describe("the number of the run") }),
  },
  proof_became_stale: {
    kind: "telemetry",
    tells: "files were edited that a verified criterion covers",
    actor: "workerctl",
    severity: "warning",
    attributes: (z) => ({
      criterion_id: z.int().describe("the number of the criterion"),
      check_run_id: z.int().describe("the number of the newest run that it was verified by"),
      tree: z.string().describe("hash of the files as they are now"),
    }),
  },
  guards_reviewed: {
    kind: "both",
    tells: "somebody said whether changed guard files still check what they should",
    actor: JUDGES,
    severity: "info",
    attributes: (z) => ({
      criterion_id: z.int().describe("the number of the criterion"),
      verdict: z.enum(["fine", "reject"]).describe("what was said"),
      guards_hash: z.string().describe("the state of the guarded files that it was said of"),
    }),
  },
  criterion_waived: {
    kind: "both",
    tells: "a criterion was allowed to pass without proof, or that was taken back",
    actor: JUDGES,
    severity: "warning",
    attributes: (z) => ({
      criterion_id: z.int().describe("the number of the criterion"),
      waiver_id: z.int().describe("the number of the waiver"),
      waived: z.boolean().describe("false: it was taken back"),
    }),
  },
  receipt_created: {
    kind: "both",
    tells: "a receipt of a task was signed",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      receipt_id: z.int().describe("the number of the receipt"),
      statement_sha256: z.string().describe("hash of what was signed"),
      signed_with: z.string().describe("id of the key"),
      tree: z.string().describe("hash of the files that it speaks of"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
