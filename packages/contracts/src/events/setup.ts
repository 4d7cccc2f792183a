import type { EventDeclaration } from "./declaration.ts";

/** Set-up bundles (spec 06 §6.8.1). */
export const setupEvents = {
  setup_bundle_applied: {
    kind: "both",
    tells: "an approved operating policy was applied to a task",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      bundle_id: z.string().describe("id of the bundle"),
      bundle_name: z.string().describe("its name"),
      draft_hash: z.string().describe("hash of the policy that was approved"),
      preset: z.string().describe("the ready-made policy it began with"),
      seeded_criteria: z.int().describe("criteria that it added"),
    }),
  },
  setup_bundle_blocked: {
    kind: "both",
    tells: "an approved operating policy was not applied, because a required skill is missing",
    actor: "operator",
    severity: "warning",
    attributes: (z) => ({
      bundle_id: z.string().describe("id of the bundle"),
      bundle_name: z.string().describe("its name"),
      draft_hash: z.string().describe("hash of the policy that was approved"),
      preset: z.string().describe("the ready-made policy it began with"),
      missing_required: z.array(z.string()).describe("the skills that are missing"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
