import { ConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";
import type { WorkerFolder } from "../shared/worker-files.ts";
import { type ReportedStatus, readStatusFile } from "./config.ts";
import { FolderChange } from "./folder-change.ts";

/** States that only a worker that reports can be in. */
const REPORTED = new Set(["planning", "editing", "running_tests", "blocked", "done"]);
/** Where nothing tells that the file changed, it is looked at after this time, in milliseconds. */
const LOOK_AGAIN_MS = 1000;

export interface Verification {
  verified: boolean;
  reason: string;
}

/** Whether a status shows that the worker has reported since `before` was written. Pure; spec 01 §7.2. */
export function hasReported(before: ReportedStatus, now: ReportedStatus): string | null {
  if (REPORTED.has(now.state)) return `it reports ${now.state}`;
  if (now.last_update !== null && now.last_update !== before.last_update) return "its status has a new time";
  if (now.current_task !== null && now.current_task !== before.current_task) return "its current task is another one";
  return null;
}

/** Wait until the status file of a worker shows that it reported. Woken by changes of its folder. */
export async function waitUntilReported(
  ctx: HostCtx,
  folder: WorkerFolder,
  before: ReportedStatus,
  timeout_seconds: number,
): Promise<Verification> {
  const deadline = ctx.host.clock.monotonic_ms() + timeout_seconds * 1000;
  const change = new FolderChange(folder.path);
  try {
    for (;;) {
      const left = deadline - ctx.host.clock.monotonic_ms();
      const changed = change.next(Math.max(0, Math.min(left, LOOK_AGAIN_MS)), ctx.signal);
      const reason = hasReported(before, readStatusFile(folder).status);
      if (reason !== null) return { verified: true, reason };
      if (left <= 0) return { verified: false, reason: `it did not report within ${timeout_seconds} s` };
      await changed;
      if (ctx.signal.aborted)
        throw new ConveyorError("interrupted", "the wait for the worker's report was interrupted");
    }
  } finally {
    change.close();
  }
}
