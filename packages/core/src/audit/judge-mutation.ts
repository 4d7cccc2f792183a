import type { MutationRecord } from "@conveyor/contracts";
import type { replayRows } from "@conveyor/store";
import { decisionIdOf } from "../shared/correlation-chains.ts";

/** Which decisions justify what has an effect (spec 07 §7.10.3). */
const JUSTIFIED_BY: Readonly<Record<string, readonly string[]>> = {
  task_nudge: ["nudge"],
  request_worker_compact: ["nudge"],
  session_nudge: ["nudge"],
  task_interrupt: ["interrupt"],
  session_interrupt: ["interrupt"],
  finish_task: ["stop"],
  stop_task: ["stop"],
  pause_manager: ["escalate", "stop"],
  extend_nudge_budget: ["escalate"],
  deregister_session: [],
};

type DecisionRow = replayRows.DecisionRow;
type Justification = MutationRecord["linked_decision"];
type Document = Record<string, unknown>;

/** The decisions of the task that a mutation can be held against. */
export interface Decisions {
  /** The one of the task with this id. */
  of(id: number): DecisionRow | undefined;
  nearest_prior: DecisionRow | undefined;
}

/** Whether something with an effect was justified, and what speaks against it (spec 07 §7.10.3). Pure. */
export function judgeMutation(row: replayRows.MutationRow, decisions: Decisions): MutationRecord {
  const payload = documentOf(row.payload);
  const result = documentOf(row.result);
  const allowed = JUSTIFIED_BY[row.type] ?? [];
  const metadata = metadataOf(row.type, payload, result);
  const linked = linkedDecision(metadata, decisions);
  const nearest = decisions.nearest_prior;
  const expected_failure =
    row.state === "failed" && (payload["expected_failure"] === true || result["expected_failure"] === true);
  const warnings = expected_failure ? [] : warningsOf({ allowed, metadata, linked, nearest });
  return {
    command: { id: row.id, type: row.type, state: row.state, created_at: row.created_at },
    allowed_decisions: [...allowed],
    linked_decision: linked,
    nearest_prior_decision: nearest === undefined ? null : shownDecision(nearest),
    effect: effectOf(row, payload, result),
    expected_failure,
    ok: warnings.length === 0,
    warnings,
  };
}

/** What the command says of the decision behind it; null when it says nothing. */
interface Metadata {
  decision_id: number | null;
  embedded: Document | null;
  warnings: string[];
}

function metadataOf(type: string, payload: Document, result: Document): Metadata | null {
  const final = result["final_decision_id"];
  // What finish-task decided itself stands in the ledger beside it: nothing is left to doubt.
  if (type === "finish_task" && typeof final === "number") return { decision_id: final, embedded: null, warnings: [] };
  const holder = [result, payload].find((one) => isDocument(one["manager_decision"]));
  if (holder === undefined) return null;
  const said = documentOf(holder["manager_decision"]);
  const embedded = isDocument(said["decision"]) ? documentOf(said["decision"]) : said;
  const warnings = Array.isArray(said["warnings"]) ? said["warnings"].filter((one) => typeof one === "string") : [];
  return { decision_id: decisionIdOf(holder), embedded, warnings };
}

function linkedDecision(metadata: Metadata | null, decisions: Decisions): Justification {
  if (metadata === null) return null;
  const row = metadata.decision_id === null ? undefined : decisions.of(metadata.decision_id);
  if (row !== undefined) return shownDecision(row);
  const { embedded } = metadata;
  if (embedded === null || typeof embedded["decision"] !== "string") return null;
  const { reason, created_at, manager_cycle_id, id } = embedded;
  return {
    id: typeof id === "number" ? id : metadata.decision_id,
    decision: embedded["decision"],
    reason: typeof reason === "string" ? reason : null,
    created_at: typeof created_at === "string" ? created_at : null,
    manager_cycle_id: typeof manager_cycle_id === "number" ? manager_cycle_id : null,
  };
}

interface Evidence {
  allowed: readonly string[];
  metadata: Metadata | null;
  linked: Justification;
  nearest: DecisionRow | undefined;
}

function warningsOf({ allowed, metadata, linked, nearest }: Evidence): string[] {
  const required = allowed.length > 0;
  const found: [holds: boolean, warning: string][] = [
    [required && metadata === null, "missing_decision_metadata"],
    [required && nearest !== undefined && linked === null, "nearest_decision_unlinked"],
    [required && linked !== null && !allowed.includes(linked.decision), "linked_decision_incompatible"],
    [!required && linked !== null, "unexpected_linked_decision"],
  ];
  return [...(metadata?.warnings ?? []), ...found.filter(([holds]) => holds).map(([, warning]) => warning)];
}

function shownDecision({ id, decision, reason, created_at, manager_cycle_id }: DecisionRow) {
  return { id, decision, reason, created_at, manager_cycle_id };
}

/** Values that nobody recorded are left out. */
function effectOf({ state, type }: replayRows.MutationRow, payload: Document, result: Document): Document {
  const sent = documentOf(result["send_result"]);
  const said = (key: string) => result[key] ?? payload[key];
  const isDirect = type === "session_nudge" || type === "session_interrupt";
  const dry_run = sent["dry_run"] ?? said("dry_run");
  const has_sent = isDirect || isDocument(result["send_result"]);
  const effect = {
    dry_run,
    sent: state === "succeeded" && has_sent && dry_run !== true,
    send_text: said("send_text"),
    slash_command: said("slash_command"),
    worker_session: said("worker_session") ?? said("session"),
    permission_check: said("permission_check"),
  };
  return Object.fromEntries(Object.entries(effect).filter(([, value]) => value !== undefined && value !== null));
}

function isDocument(value: unknown): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function documentOf(value: unknown): Document {
  return isDocument(value) ? (value as Document) : {};
}
