import { presents } from "../presentation.ts";
import { reportText } from "./show.ts";

interface Progress {
  check: string;
  state: string;
  reason: string | null;
  duration_ms: number;
}

/** How one check ended, as it ends. */
function progressText(item: unknown): string {
  const { check, state, reason, duration_ms } = item as Progress;
  return `${check}: ${state}${reason === null ? "" : ` (${reason})`}, ${duration_ms} ms`;
}

/** `verify` (spec 09 §9.4): a line for each check as it ends, the table at the end; not proven is exit code 1. */
export const verify = presents("proof.verify", {
  notes: progressText,
  text: reportText,
  exitCode: ({ ok }) => (ok ? 0 : 1),
});
