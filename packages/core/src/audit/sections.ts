import type { AuditSection } from "@conveyor/contracts";
import type { EventName } from "@conveyor/contracts/events/catalogue";
import { decodeRow, type Prisma, type ReadTx } from "@conveyor/store";

const NUDGE_ENDS: string[] = ["session_nudge_succeeded", "session_nudge_failed"] satisfies EventName[];

/** A row of a section as users see it: the columns of its table, JSON columns parsed. */
export type AuditRow = Record<string, unknown> & { seq: number };

/** Which rows of a section are wanted; `newest` keeps that many, still in ascending order. */
export interface SectionFilter {
  task_id: string;
  since: string | undefined;
  newest: number | undefined;
  event_types: readonly string[];
}

/** What the query of every section has in common: ascending by sequence, and with `newest` the last rows only. */
export interface SectionPage {
  orderBy: { seq: "asc" | "desc" };
  take: number | undefined;
}

/** The derived section; the others are tables. */
type StoredSection = Exclude<AuditSection, "correlation_chains">;

type Loader = (tx: ReadTx, filter: SectionFilter, page: SectionPage) => Promise<AuditRow[]>;

const named = { select: { name: true, role: true } } as const;

const LOADERS: Record<StoredSection, Loader> = {
  events: async (tx, { task_id, since, event_types }, page) =>
    (
      await tx.db.events.findMany({
        where: {
          task_id,
          ...from("created_at", since),
          ...(event_types.length > 0 && { type: { in: [...event_types] } }),
        },
        ...page,
      })
    ).map(withoutHash),
  acceptance_criteria: async (tx, { task_id, since }, page) =>
    (await tx.db.acceptance_criteria.findMany({ where: { task_id, ...from("created_at", since) }, ...page })).map(
      decodeRow,
    ),
  commands: async (tx, { task_id, since }, page) =>
    (await tx.db.commands.findMany({ where: { task_id, ...from("created_at", since) }, ...page })).map(decodeRow),
  command_attempts: async (tx, { task_id, since }, page) =>
    (
      await tx.db.command_attempts.findMany({ where: { command: { task_id }, ...from("started_at", since) }, ...page })
    ).map(decodeRow),
  routed_notifications: (tx, { task_id, since }, page) =>
    loadItems(tx, { task_id, ...from("created_at", since) }, page),
  notification_acknowledgements: (tx, { task_id, since }, page) =>
    loadAcknowledgements(tx, { task_id, ...from("created_at", since) }, page),
  manager_decisions: async (tx, { task_id, since }, page) =>
    (await tx.db.manager_decisions.findMany({ where: { task_id, ...from("created_at", since) }, ...page })).map(
      decodeRow,
    ),
  manager_cycles: async (tx, { task_id, since }, page) =>
    (await tx.db.manager_cycles.findMany({ where: { task_id, ...from("started_at", since) }, ...page })).map(decodeRow),
  manager_cycle_spans: async (tx, { task_id, since }, page) =>
    (await tx.db.manager_cycle_spans.findMany({ where: { task_id, ...from("started_at", since) }, ...page })).map(
      decodeRow,
    ),
  task_acknowledgements: async (tx, { task_id, since }, page) =>
    (await tx.db.task_acknowledgements.findMany({ where: { task_id, ...from("created_at", since) }, ...page })).map(
      decodeRow,
    ),
  task_continuations: async (tx, { task_id, since }, page) => {
    const rows = await tx.db.task_continuations.findMany({ where: { task_id, ...from("created_at", since) }, ...page });
    const answered = new Set(
      (
        await tx.db.task_continuations.findMany({
          where: { task_id, proposer: "manager" },
          select: { correlation_id: true },
        })
      ).map((row) => row.correlation_id),
    );
    return rows.map((row) => withheldUntilAnswered(decodeRow(row), answered));
  },
  continuation_reviews: async (tx, { task_id, since }, page) =>
    (await tx.db.continuation_reviews.findMany({ where: { task_id, ...from("created_at", since) }, ...page })).map(
      decodeRow,
    ),
  epilogue_runs: async (tx, { task_id, since }, page) =>
    (await tx.db.epilogue_runs.findMany({ where: { task_id, ...from("started_at", since) }, ...page })).map(decodeRow),
  agent_observations: async (tx, { task_id, since }, page) =>
    (await tx.db.agent_observations.findMany({ where: { task_id, ...from("created_at", since) }, ...page })).map(
      decodeRow,
    ),
  terminal_captures: async (tx, { task_id, since }, page) =>
    (await tx.db.terminal_captures.findMany({ where: { task_id, ...from("captured_at", since) }, ...page })).map(
      (row) => withoutPruned(decodeRow(row), "content"),
    ),
  transcript_segments: async (tx, { task_id, since }, page) =>
    (await tx.db.transcript_segments.findMany({ where: { task_id, ...from("captured_at", since) }, ...page })).map(
      (row) => withoutPruned(decodeRow(row), "segment_text"),
    ),
  session_nudges: async (tx, { task_id, since }, page) =>
    (
      await tx.db.telemetry_events.findMany({
        where: {
          task_id,
          event_type: { in: NUDGE_ENDS },
          ...from("timestamp", since),
        },
        ...page,
      })
    ).map(decodeRow),
};

/** Hashes are for `audit --verify`; here they would only be noise. */
function withoutHash(row: Prisma.eventsGetPayload<object>): AuditRow {
  const { hash: _hash, ...entry } = row;
  return decodeRow(entry);
}

/** The rows of one stored section, ascending by the ledger's sequence. */
export async function loadSection(tx: ReadTx, section: StoredSection, filter: SectionFilter): Promise<AuditRow[]> {
  if (filter.newest === undefined) return LOADERS[section](tx, filter, { orderBy: { seq: "asc" }, take: undefined });
  const rows = await LOADERS[section](tx, filter, { orderBy: { seq: "desc" }, take: filter.newest });
  return rows.reverse();
}

/** Notifications with the names and roles of those between whom they went, as every record for people shows them. */
export async function loadItems(
  tx: ReadTx,
  where: Prisma.routed_notificationsWhereInput,
  page: SectionPage,
): Promise<AuditRow[]> {
  const include = { source_session: named, target_session: named, consumed_by_session: named } as const;
  const rows = await tx.db.routed_notifications.findMany({ where, ...page, include });
  return rows.map(({ source_session, target_session, consumed_by_session, ...row }) => ({
    ...decodeRow(row),
    source_session_name: source_session.name,
    source_session_role: source_session.role,
    target_session_name: target_session.name,
    target_session_role: target_session.role,
    consumed_by_session_name: consumed_by_session?.name ?? null,
    consumed_by_session_role: consumed_by_session?.role ?? null,
  }));
}

/** Answers to notifications, each with the signal that it answers. */
export async function loadAcknowledgements(
  tx: ReadTx,
  where: Prisma.notification_acknowledgementsWhereInput,
  page: SectionPage,
): Promise<AuditRow[]> {
  const include = { notification: { select: { signal_type: true } } } as const;
  const rows = await tx.db.notification_acknowledgements.findMany({ where, ...page, include });
  return rows.map(({ notification, ...row }) => ({ ...decodeRow(row), signal_type: notification.signal_type }));
}

/** Timestamps of a ledger have one form, so that "not before" is a comparison of text. */
function from<Column extends string>(column: Column, since: string | undefined) {
  return since === undefined ? {} : ({ [column]: { gte: since } } as Record<Column, { gte: string }>);
}

/** A worker's proposal stays closed until the manager has made its own, so that nobody peeks (spec 07 §7.7.3). */
function withheldUntilAnswered(row: AuditRow, answered: ReadonlySet<unknown>): AuditRow {
  if (row["proposer"] !== "worker" || answered.has(row["correlation_id"])) return row;
  const { payload: _payload, ...rest } = row;
  return { ...rest, payload_redacted: true };
}

/** A row whose content was pruned lacks the key, so that no redaction note pretends there is something to see. */
function withoutPruned(row: AuditRow, key: string): AuditRow {
  if (row[key] !== null) return row;
  const { [key]: _pruned, ...rest } = row;
  return rest as AuditRow;
}
