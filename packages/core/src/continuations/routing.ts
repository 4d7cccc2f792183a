/** What decides whether a person has to look at a review. */
export interface ReviewFacts {
  agreement: string;
  verdict: string;
  /** `subagent_run.status`, in whatever form it is. */
  status: unknown;
  /** The completion mode of the task's config. */
  nudge_on_completion: string;
}

/**
 * Whether a person has to decide before anything goes on: after a review that failed, and where the proposals differ unless
 * the config says to go on all the same (spec 04 §4.11). Pure.
 */
export function operatorRoutingRequired({ agreement, verdict, status, nudge_on_completion }: ReviewFacts): boolean {
  const isFailedRun = verdict === "stop" && status === "failed";
  return isFailedRun || (agreement === "divergent" && nudge_on_completion !== "auto-proceed");
}
