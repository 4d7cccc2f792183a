import type { EventName } from "@conveyor/contracts/events/catalogue";
import type { AnyEventTold } from "@conveyor/contracts/events/declaration";
import { noticeOf } from "@conveyor/contracts/notifications/rules";
import { neighbouringUuid } from "@conveyor/contracts/uuid";
import type { HandWritten } from "../handle.ts";
import { maskSecrets } from "../secrets/mask.ts";

/** What a notice needs of the transaction that its fact is recorded in. */
interface Noticing {
  readonly sql: HandWritten;
  readonly now: string;
  seq(): number;
}

/** Longest body, in characters: more than a notification of any system shows. */
const LONGEST = 300;

/**
 * Make the notice of an event in its own transaction, unless there is nothing to tell or the same was told last of its
 * subject (spec 10 §10.5).
 */
export function insertNotice(tx: Noticing, name: EventName, event: AnyEventTold): void {
  const says = noticeOf(name, event);
  if (says === null) return;
  const task_id = event.task_id ?? null;
  const last = tx.sql
    .hot("SELECT fingerprint FROM notifications_out WHERE subject = ? ORDER BY seq DESC LIMIT 1")
    .pluck()
    .get(says.subject) as string | undefined;
  if (says.fingerprint !== undefined && says.fingerprint === last) return;
  const seq = tx.seq();
  const task =
    task_id === null
      ? undefined
      : (tx.sql.hot("SELECT name FROM tasks WHERE id = ?").pluck().get(task_id) as string | undefined);
  const body = maskSecrets(event.summary ?? name.replaceAll("_", " ")).slice(0, LONGEST);
  const title = `${says.kind.replace("_", " ")}${task === undefined ? "" : `: ${task}`}`;
  tx.sql
    .hot(
      `INSERT INTO notifications_out (id, seq, kind, urgency, title, body, link, subject, fingerprint, dedupe_key, task_id, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      `notice-${neighbouringUuid(Date.parse(tx.now))}`,
      seq,
      says.kind,
      says.urgency,
      maskSecrets(title),
      body,
      task_id === null ? "/" : `/tasks/${encodeURIComponent(task_id)}`,
      says.subject,
      says.fingerprint ?? String(seq),
      `${says.subject}#${seq}`,
      task_id,
      tx.now,
    );
}
