import type { QaPlan } from "@conveyor/contracts";

/** What a plan says; its name is its place in the table. */
export interface PlanText extends Omit<QaPlan, "scenario"> {
  /** What is found out by it, in one line. */
  about: string;
}

type Marker = NonNullable<QaPlan["correlation_markers"]>[number];

/** Labels with what each links, as rows. */
export function markers(purposes: Readonly<Record<string, string>>): Marker[] {
  return Object.entries(purposes).map(([correlation_id, purpose]) => ({ correlation_id, purpose }));
}

/** How plans end that leave a task behind: the record is looked at, and nothing is left over (spec 05 §5.10). */
export function cleanUp(task: string): string[] {
  return [
    `Read \`conveyor audit ${task}\` and \`conveyor replay ${task}\`: the chain of evidence is there from beginning to end.`,
    "Run `conveyor reconcile --stale-cycles-seconds 1`: it reports nothing but what this plan made; `git status --short` shows no change that you did not mean.",
  ];
}
