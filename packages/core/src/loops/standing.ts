import type { loopRows } from "@conveyor/store";
import { parsed } from "../shared/parsed.ts";
import { isAdversarialEvidence, isIndependent, isNoObjection } from "../shared/proof-words.ts";
import type { LoopRules } from "./rules.ts";

type ReceiptRow = loopRows.ReceiptRow;

/**
 * How far one kind of evidence is there. `incomplete` says that it passed and does not hold what the gate reads in it,
 * `stale` that it is too old or belongs to another state of the work than a further receipt.
 */
export type EvidenceState = "satisfied" | "missing" | "rejected" | "incomplete" | "stale";

export interface EvidenceStanding {
  evidence_type: string;
  state: EvidenceState;
  /** The receipt that counts, which is the newest. */
  receipt: ReceiptRow | undefined;
}

/** Of which iteration evidence is asked for, and at what time. */
export interface EvidenceQuestion {
  run_id: string;
  iteration: number;
  freshness: LoopRules["freshness"];
  now: string;
}

export interface LoopVerdict {
  /** Null: go on. */
  reason: string | null;
  missing_evidence: string[];
}

/** How each of the required types stands, in the order required. Receipts come with the most recently changed last. Pure. */
export function evidenceStandings(
  required: readonly string[],
  receipts: readonly ReceiptRow[],
  question: EvidenceQuestion,
): EvidenceStanding[] {
  const newest = new Map(receipts.map((receipt) => [receipt.evidence_type, receipt]));
  return required.map((evidence_type) => {
    const receipt = newest.get(evidence_type);
    return { evidence_type, receipt, state: stateOf(receipt, newest, question) };
  });
}

/** What the gate says of evidence that stands like this: the first type that is missing, or that several are. Pure. */
export function evidenceVerdict(standings: readonly EvidenceStanding[]): LoopVerdict {
  const lacking = standings.filter(({ state }) => state !== "satisfied");
  const missing_evidence = lacking.map(({ evidence_type }) => evidence_type);
  const [first, second] = lacking;
  if (first === undefined) return { reason: null, missing_evidence };
  if (second !== undefined) return { reason: "missing_required_evidence", missing_evidence };
  const word = first.state === "stale" ? "stale" : "missing";
  return { reason: `${word}_${first.evidence_type}_evidence`, missing_evidence };
}

function stateOf(
  receipt: ReceiptRow | undefined,
  newest: ReadonlyMap<string, ReceiptRow>,
  question: EvidenceQuestion,
): EvidenceState {
  if (receipt === undefined) return "missing";
  const evidence = evidenceObject(receipt);
  if (evidence["ralph_loop_run_id"] !== question.run_id || evidence["iteration"] !== question.iteration)
    return "missing";
  if (receipt.status === "rejected" || !isNoObjection(evidence["status"])) return "rejected";
  if (receipt.status !== "satisfied" || !isWhole(receipt, evidence)) return "incomplete";
  return isFresh(receipt, evidence, newest, question) ? "satisfied" : "stale";
}

/** A worker cannot decide on its manager's behalf, and a proof says what it tried. */
function isWhole({ evidence_type, source }: ReceiptRow, evidence: Readonly<Record<string, unknown>>): boolean {
  if (evidence_type === "manager_merge_decision") return isIndependent(source);
  return evidence_type !== "adversarial_check" || isAdversarialEvidence(evidence);
}

const MINUTE_MS = 60_000;

function isFresh(
  receipt: ReceiptRow,
  evidence: Readonly<Record<string, unknown>>,
  newest: ReadonlyMap<string, ReceiptRow>,
  { freshness, now }: EvidenceQuestion,
): boolean {
  const rule = Object.hasOwn(freshness, receipt.evidence_type) ? freshness[receipt.evidence_type] : undefined;
  if (rule === undefined) return true;
  const age = Date.parse(now) - Date.parse(receipt.updated_at);
  // A time that cannot be read makes the comparison false, so the receipt is stale.
  if (rule.max_age_minutes !== null && !(age <= rule.max_age_minutes * MINUTE_MS)) return false;
  return Object.entries(rule.must_match).every(([key, other]) => {
    const wanted = newest.get(other);
    const value = evidence[key];
    return wanted !== undefined && value !== undefined && value !== null && evidenceObject(wanted)[key] === value;
  });
}

/** What a receipt holds; nothing when that cannot be read. Pure. */
export function evidenceObject(receipt: Pick<ReceiptRow, "evidence_json"> | undefined): Record<string, unknown> {
  const evidence = receipt === undefined ? undefined : parsed(receipt.evidence_json);
  return evidence !== null && typeof evidence === "object" && !Array.isArray(evidence)
    ? (evidence as Record<string, unknown>)
    : {};
}
