import type { MessageLatency } from "@conveyor/contracts";
import type { AuditRow } from "../sections.ts";

/** Rows of one correlation id, each list ascending by sequence. */
export interface LatencySources {
  commands: readonly AuditRow[];
  command_attempts: readonly AuditRow[];
  routed_notifications: readonly AuditRow[];
  notification_acknowledgements: readonly AuditRow[];
}

/**
 * How long each message took from step to step, in whole milliseconds and never below zero: one entry per notification and
 * one per command that led to none, in the order of the ledger. A step that did not happen, or whose time is unreadable,
 * makes what depends on it null. Pure.
 */
export function latenciesOf(sources: LatencySources): MessageLatency[] {
  const commands = new Map(sources.commands.map((command) => [command["id"], command]));
  const claims = firstOf(sources.command_attempts, "command_id");
  const delivered = new Set(sources.routed_notifications.map((item) => item["command_id"]));
  const measured = [
    ...sources.commands
      .filter(({ id }) => !delivered.has(id))
      .map((command) => ({ seq: command.seq, command, item: undefined })),
    ...sources.routed_notifications.map((item) => {
      const command = commands.get(item["command_id"]);
      return { seq: command?.seq ?? item.seq, command, item };
    }),
  ];
  return measured
    .sort((a, b) => a.seq - b.seq)
    .map(({ command, item }) => {
      const enqueued = (command ?? item)?.["created_at"];
      const claimed = command && claims.get(command["id"])?.["started_at"];
      return {
        command_id: (command?.["id"] ?? item?.["command_id"] ?? null) as string | null,
        notification_id: (item?.["id"] ?? null) as number | null,
        type: (command?.["type"] ?? item?.["signal_type"]) as string,
        enqueue_to_claim_ms: between(enqueued, claimed),
        enqueue_to_deliver_ms: between(enqueued, item?.["delivered_at"]),
        deliver_to_consume_ms: between(item?.["delivered_at"], item?.["consumed_at"]),
        consume_to_ack_ms: between(item?.["consumed_at"], answerAfterConsumption(sources, item)?.["created_at"]),
      };
    });
}

/** A message can be answered with `received` before it is taken; that answer says nothing about the time after. */
function answerAfterConsumption({ notification_acknowledgements }: LatencySources, item: AuditRow | undefined) {
  const consumed = item?.["consumed_seq"];
  if (typeof consumed !== "number") return undefined;
  return notification_acknowledgements.find((row) => row["notification_id"] === item?.["id"] && row.seq > consumed);
}

function firstOf(rows: readonly AuditRow[], key: string): Map<unknown, AuditRow> {
  const first = new Map<unknown, AuditRow>();
  for (const row of rows) if (!first.has(row[key])) first.set(row[key], row);
  return first;
}

function between(from: unknown, to: unknown): number | null {
  if (typeof from !== "string" || typeof to !== "string") return null;
  const elapsed = Date.parse(to) - Date.parse(from);
  return Number.isNaN(elapsed) ? null : Math.max(0, Math.round(elapsed));
}
