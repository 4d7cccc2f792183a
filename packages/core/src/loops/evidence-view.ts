import type { EvidenceStandingView } from "@conveyor/contracts";
import type { EvidenceStanding } from "./standing.ts";

/** How a kind of evidence stands, as it is shown. Pure. */
export function standingView({ evidence_type, state, receipt }: EvidenceStanding): EvidenceStandingView {
  return {
    evidence_type,
    state,
    criterion_id: receipt?.id ?? null,
    source: receipt?.source ?? null,
    updated_at: receipt?.updated_at ?? null,
  };
}
