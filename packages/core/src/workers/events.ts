import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";
import { resolveSession } from "../shared/references.ts";
import { type EventLine, isWorkerName, WorkerFolder } from "../shared/worker-files.ts";
import { withExistingLedger } from "./existing-ledger.ts";
import { FolderChange } from "./folder-change.ts";
import { folderOf, noWorker } from "./subject.ts";

/** Where nothing tells that a file changed, it is looked at after this time, in milliseconds. */
const LOOK_AGAIN_MS = 2000;

/** The event file of a worker, oldest first (spec 07 §7.10.4). A session without a file has none. Throws `not_found`. */
export async function events(ctx: HostCtx, input: Input<"workers.events">): Promise<Output<"workers.events">> {
  const folder = await eventFolder(ctx, input.name);
  const { lines, invalid } = folder?.readEvents() ?? { lines: [], invalid: [] };
  const chosen = lines.filter(wantedBy(input));
  const { limit = chosen.length } = input;
  const shown = limit === 0 ? [] : chosen.slice(-limit);
  const skipped_lines = invalid.length;
  return {
    name: input.name,
    events: shown.map(({ event }) => event),
    skipped_lines,
    warnings:
      skipped_lines === 0 || folder === null
        ? []
        : [`${skipped_lines} lines skipped that are no JSON objects: ${folder.file("events.jsonl")}`],
  };
}

/** The same, and what is added from now on. An id is the byte at which the next line begins. Throws `not_found`. */
export async function* followEvents(
  ctx: HostCtx,
  input: Input<"workers.followEvents">,
  after?: string,
): AsyncGenerator<{ id: string; data: Output<"workers.followEvents"> }> {
  const folder = await eventFolder(ctx, input.name);
  if (folder === null) {
    throw new ConveyorError(
      "precondition_failed",
      `session ${JSON.stringify(input.name)} has no event file to follow`,
      {
        hint: "`conveyor sessions --follow` follows sessions",
        details: { kind: "session", name: input.name },
      },
    );
  }
  let from = Number.isSafeInteger(Number(after)) ? Number(after ?? 0) : 0;
  const change = new FolderChange(folder.path);
  try {
    while (!ctx.signal.aborted) {
      const waiting = change.next(LOOK_AGAIN_MS, ctx.signal);
      const { lines, end } = folder.readEvents(from);
      from = end;
      for (const line of lines) if (wantedBy(input)(line)) yield { id: String(line.end), data: line.event };
      await waiting;
    }
  } finally {
    change.close();
  }
}

/** The folder with a worker's event file; null for a known session that has none. */
async function eventFolder(ctx: HostCtx, name: string): Promise<WorkerFolder | null> {
  const folder = folderOf(ctx.settings.state_root, name);
  if (folder !== null) return folder;
  try {
    const session = await withExistingLedger(ctx, (store) => store.read(async (tx) => resolveSession(tx, name)));
    if (session === null) throw noWorker(ctx.settings.state_root, name);
    const own = new WorkerFolder(ctx.settings.state_root, isWorkerName(session.name) ? session.name : session.id);
    return own.is_taken ? own : null;
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code === "not_found") throw noWorker(ctx.settings.state_root, name);
    throw thrown;
  }
}

function wantedBy({ type }: { type?: string | undefined }): (line: EventLine) => boolean {
  return ({ event }) => type === undefined || event["type"] === type;
}
