import type { Output } from "@conveyor/contracts";
import { lines } from "./text.ts";

type Enqueued = Output<"dispatch.enqueueNudgeWorker">;
type Preview = Output<"dispatch.enqueueContinueIteration">["gate_preview"];

/** What was queued, or that it had been queued before (spec 03 §7.2), and with `--deliver` what became of it. */
export function enqueuedText(queued: Enqueued): string {
  const how = queued.deduplicated ? "already queued" : "queued";
  return lines(`${how} ${queued.command_type} for ${queued.task}: ${queued.command_id}`, deliveryLine(queued));
}

/** The same for a continuation, with what its gate would say now (spec 03 §7.4). */
export function continuationText(queued: Output<"dispatch.enqueueContinueIteration">): string {
  return lines(enqueuedText(queued), queued.delivery === undefined && previewLine(queued.gate_preview));
}

/** What Dispatch would hold against a continuation; nothing when it would deliver it. */
export function previewLine(preview: Preview): string | false {
  return (
    preview.would_block && `Dispatch would block it now: ${withEvidence(preview.reason, preview.missing_evidence)}`
  );
}

function withEvidence(reason: string | null, missing: readonly string[]): string {
  return missing.length === 0 ? String(reason) : `${reason} (missing: ${missing.join(", ")})`;
}

function deliveryLine({ delivery, notification_id }: Enqueued): string | false {
  if (delivery === undefined) return false;
  if (delivery === null) return "not delivered yet: it waits in the queue, or another dispatcher has it";
  const item = notification_id === null || notification_id === undefined ? "" : ` as #${notification_id}`;
  switch (delivery.state) {
    case "delivered":
      return `typed into the terminal of ${delivery.target_session}${item}`;
    case "pull_required":
      return `in the inbox of ${delivery.target_session}${item}`;
    case "blocked":
      return `blocked: ${withEvidence(delivery.reason ?? null, missingOf(delivery))}`;
    default:
      return `${delivery.state}: ${delivery.error ?? delivery.reason ?? "no reason given"}`;
  }
}

function missingOf(delivery: NonNullable<Enqueued["delivery"]>): string[] {
  const missing = delivery["missing_evidence"];
  return Array.isArray(missing) ? missing.map(String) : [];
}
