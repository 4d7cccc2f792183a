import { lines, type View } from "./text.ts";

interface Verdict {
  ok: boolean;
  real_work_allowed: boolean;
  blockers: readonly string[];
}

/** Whether real work may begin, and what is missing, under a heading that says of what (spec 06 §6.2, `app-smoke`). */
export function smokeVerdictText(heading: string, { ok, real_work_allowed, blockers }: Verdict, view: View): string {
  const { green, yellow } = view.colour;
  return lines(
    `${heading}: ${ok ? green("ok") : yellow("blocked")}`,
    real_work_allowed ? "real work is allowed" : yellow("real work is not allowed"),
    blockers.map((blocker) => yellow(`blocker: ${blocker}`)),
  );
}
