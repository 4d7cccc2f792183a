import type { Output, WorkerState } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";
import { workerFolders } from "../shared/worker-files.ts";
import { type ReportedStatus, readConfig, readStatusFile } from "./config.ts";
import { withExistingLedger } from "./existing-ledger.ts";
import { newerStatus } from "./look.ts";
import { statusOfRow } from "./worker-row.ts";

/** Every worker that has a folder in the state root (spec 02 §8.17). Needs no ledger; one that is there is looked into. */
export async function list(ctx: HostCtx): Promise<Output<"workers.list">> {
  const folders = workerFolders(ctx.settings.state_root);
  if (folders.length === 0) return [];
  const reports = await storedReports(
    ctx,
    folders.map(({ name }) => name),
  );
  const panes = await runningSessions(ctx);
  return folders.map((folder) => {
    const status = newerStatus(reports.get(folder.name) ?? null, readStatusFile(folder).status);
    const running = panes.sessions.has(readConfig(folder).tmux_session);
    return {
      name: folder.name,
      running,
      status: running ? ("running" as const) : ("stopped" as const),
      state: status.state satisfies WorkerState,
      current_task: status.current_task,
      ...(panes.error !== null && { terminal_error: panes.error }),
    };
  });
}

async function storedReports(ctx: HostCtx, names: string[]): Promise<Map<string, ReportedStatus>> {
  const rows = await withExistingLedger(ctx, (store) =>
    store.read(async (tx) => {
      const workers = await tx.db.workers.findMany({
        where: { name: { in: names } },
        select: { name: true, statuses: { orderBy: { seq: "desc" }, take: 1 } },
      });
      return workers.flatMap(({ name, statuses }) => statuses.map((row) => [name, statusOfRow(row)] as const));
    }),
  );
  return new Map(rows ?? []);
}

async function runningSessions(ctx: HostCtx): Promise<{ sessions: Set<string>; error: string | null }> {
  try {
    const panes = await ctx.host.tmux.listPanes();
    return { sessions: new Set(panes.map(({ session }) => session)), error: null };
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    if (code === "interrupted") throw thrown;
    return { sessions: new Set(), error: message };
  }
}
