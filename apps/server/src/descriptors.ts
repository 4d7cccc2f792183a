/** What a server needs besides its connections: the ledger, rollouts, terminals, the page, a log. */
const RESERVED = 96;
const FEWEST = 16;
const MOST = 1024;

/**
 * How many connections each of a server's two listeners may hold so that files can still be opened: half of what the
 * system allows this process (`ulimit -n`) beyond its own needs, 1024 at most.
 */
export function connectionBudget(limit: number | undefined = descriptorLimit()): number {
  if (limit === undefined) return MOST;
  return Math.max(FEWEST, Math.min(MOST, Math.floor((limit - RESERVED) / 2)));
}

/** The most files this process may have open; undefined where there is no such limit or the system does not say. */
function descriptorLimit(): number | undefined {
  // Looking at the network as well may take seconds. The type does not know the switch yet.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  const excluded = report.excludeNetwork;
  try {
    report.excludeNetwork = true;
    const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
    const soft = Number(userLimits?.open_files?.soft);
    return Number.isFinite(soft) ? soft : undefined;
  } finally {
    report.excludeNetwork = excluded;
  }
}
