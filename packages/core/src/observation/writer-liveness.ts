import { statSync } from "node:fs";
import type { Host, WriterLiveness } from "@conveyor/host";

/**
 * Whether some process still writes the rollout, and how long it has not grown (spec 02 §5.6). Looking at the open files
 * of all processes is dear, so the writer is only looked for when `wanted`.
 */
export async function writerLiveness(
  host: Host,
  path: string | null,
  now: Date,
  wanted: boolean,
): Promise<WriterLiveness> {
  if (path === null || !wanted) return { writer_alive: null, seconds_since_growth: null };
  let grown: number;
  try {
    grown = statSync(path).mtimeMs;
  } catch {
    return { writer_alive: null, seconds_since_growth: null };
  }
  const holders = await host.processes.holdersOf(path).catch(() => null);
  return {
    writer_alive: holders === null ? null : holders.length > 0,
    seconds_since_growth: Math.max(0, Math.floor((now.getTime() - grown) / 1000)),
  };
}
