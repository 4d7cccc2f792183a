import type { ConfigAnswers, SetupQuestion } from "@conveyor/contracts";

/** What one question is answered with; undefined keeps its default. */
export type Answer = ConfigAnswers[SetupQuestion["id"]];

/** Asks one question. */
export type Interviewer = (question: SetupQuestion) => Promise<Answer>;

/** The three permissions that are asked one by one, and what each stands for (spec 04 §4.2.3). */
export const ASKED_PERMISSIONS = [
  { name: "create_pr", text: "May the manager have a pull request opened?", actions: ["repo.open_pr"] },
  { name: "merge_green_pr", text: "May it have a green pull request merged?", actions: ["repo.merge_green_pr"] },
  {
    name: "worker_compact_clear",
    text: "May it have the worker's context compacted or cleared?",
    actions: ["worker_session.compact", "worker_session.clear"],
  },
] as const;

/** Whether all that a permission stands for is granted in the default of the question. */
export function isGranted(question: SetupQuestion, actions: readonly string[]): boolean {
  const granted = question.default as Readonly<Record<string, readonly string[]>> | null;
  return actions.every((action) => {
    const [category = "", name = ""] = action.split(".");
    return granted?.[category]?.includes(name) === true;
  });
}

/** The items of an answer that was written with commas. */
export function items(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A list as it is shown for editing. */
export function listed(value: SetupQuestion["default"]): string {
  return Array.isArray(value) ? value.join(", ") : "";
}
