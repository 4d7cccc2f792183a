import { ConveyorError } from "@conveyor/contracts/errors";
import { type AgentRecords, decideRollout, type KnownRollout, type RolloutDecision } from "@conveyor/host";
import { type FastTx, type IngestCursor, ingestCursor } from "@conveyor/store";

type Records = Pick<AgentRecords, "observe">;

/** The cursor of a session that has a rollout. */
export type ReadyCursor = IngestCursor & { path: string };

/** Null for a compressed file: unpacked, it will be another file with the same content. */
export interface FileIdentity {
  device: number | null;
  inode: number | null;
}

/** What to read; `read_before`: a compressed file that was read to its end. */
interface Decision extends Omit<RolloutDecision, "kind" | "read"> {
  kind: RolloutDecision["kind"] | "read_before";
  read: { path: string; offset: number; identity: FileIdentity } | null;
}

/** The cursor of a session that can be read. Throws `not_found`, `session_not_active`, `rollout_path_missing`. */
export function readyCursor(tx: FastTx, session_id: string): ReadyCursor {
  const cursor = ingestCursor(tx, session_id);
  if (cursor === undefined)
    throw new ConveyorError("not_found", `there is no session ${session_id}`, { details: { kind: "session" } });
  if (cursor.session_state !== "active") {
    throw new ConveyorError("session_not_active", `session ${cursor.session_name} is ${cursor.session_state}`, {
      hint: "register it again before reading its rollout",
      details: { session: cursor.session_name, state: cursor.session_state },
    });
  }
  if (cursor.path === null) {
    throw new ConveyorError("rollout_path_missing", `session ${cursor.session_name} was registered without a rollout`, {
      hint: "register it again with --codex-session FILE or --pid PID",
      details: { session: cursor.session_name },
    });
  }
  return cursor as ReadyCursor;
}

/**
 * What to read of the file. A session that was registered again reads it from its beginning, where what is known is known
 * by its place; a file that no longer holds what was read of it has other records in those places.
 */
export function decide(records: Records, cursor: ReadyCursor): Decision {
  const known = knownFile(cursor);
  const decision = afterCompression(decideRollout(known, records.observe(known)), cursor);
  if (decision.kind !== "same" || cursor.file === null || cursor.last_ingest_offset !== null) return decision;
  const before = knownFile({ ...cursor, last_ingest_offset: cursor.file.offset });
  const { kind } = decideRollout(before, records.observe(before));
  if (kind !== "shrunk" && kind !== "replaced") return decision;
  return { ...decision, kind: "replaced", file_events: [{ kind: "replaced", from: known.path, to: known.path }] };
}

/**
 * A compressed file that was read to its end has no more to give; and once it stands unpacked again, reading goes on in
 * it where it was left, because the bytes are the same.
 */
function afterCompression(decision: Decision, { path, file, last_ingest_offset }: ReadyCursor): Decision {
  if (file?.state !== "compressed" || last_ingest_offset === null) return decision;
  if (decision.kind !== "compressed") {
    const recovered = { kind: "recovered", from: `${path}.zst`, to: path } as const;
    return decision.kind === "same" ? { ...decision, file_events: [recovered] } : decision;
  }
  const read = { path, offset: file.offset, identity: UNKNOWN_IDENTITY };
  const file_events = decision.file_events.filter(({ kind }) => kind !== "compressed");
  return { ...decision, kind: "read_before", read, file_events };
}

/** Go on in the unpacked copy where the file was left, unless its content is another one. */
export function settleUnpacked(
  records: Records,
  decision: Decision,
  cursor: ReadyCursor,
  unpacked_path: string,
): ReadableRollout {
  const known = { ...knownFile(cursor), path: unpacked_path, device: null, inode: null };
  const is_same = decideRollout(known, records.observe(known)).kind === "same";
  const read = { path: cursor.path, offset: is_same ? known.offset : 0, identity: UNKNOWN_IDENTITY };
  if (is_same) return { ...decision, read };
  const replaced = { kind: "replaced", from: cursor.path, to: cursor.path } as const;
  return { ...decision, kind: "replaced", read, file_events: [replaced, ...decision.file_events] };
}

function knownFile(cursor: ReadyCursor): KnownRollout {
  const { file } = cursor;
  const fresh = file === null || cursor.last_ingest_offset === null;
  return {
    path: cursor.path,
    thread_id: file?.thread_id ?? cursor.thread_id,
    device: fresh ? null : file.device,
    inode: fresh ? null : file.inode,
    offset: fresh ? 0 : file.offset,
    last_line_offset: fresh ? null : file.last_line_offset,
    last_line_sha256: fresh ? null : file.last_line_sha256,
  };
}

/** A decision that leaves something to read. */
export type ReadableRollout = Decision & { read: NonNullable<Decision["read"]> };

/** A decision that leaves something to read. Throws `rollout_truncated`, `rollout_missing` when there is nothing. */
export function settle(decision: Decision, cursor: ReadyCursor): ReadableRollout {
  if (decision.read !== null) return decision as ReadableRollout;
  const details = { path: cursor.path, session: cursor.session_name };
  if (decision.kind === "shrunk") {
    const offset = cursor.file?.offset ?? 0;
    throw new ConveyorError(
      "rollout_truncated",
      `the rollout ${cursor.path} is shorter than what was already read of it (${offset} bytes): it was rotated or truncated`,
      {
        hint: "register the session again, which reads the file from its beginning",
        details: { ...details, offset },
      },
    );
  }
  throw new ConveyorError("rollout_missing", `the rollout ${cursor.path} does not exist`, {
    hint: "register the session again with --codex-session FILE or --pid PID",
    details,
  });
}

/** What to read of the file that continues a thread: all of it. Throws `rollout_missing` when it has gone again. */
export function decideFromStart(records: Records, cursor: ReadyCursor, path: string): ReadableRollout {
  const known = { ...knownFile(cursor), ...NOTHING_READ, path };
  return settle(decideRollout(known, records.observe(known)), { ...cursor, path });
}

const UNKNOWN_IDENTITY: FileIdentity = { device: null, inode: null };
const NOTHING_READ = { ...UNKNOWN_IDENTITY, offset: 0, last_line_offset: null, last_line_sha256: null };
