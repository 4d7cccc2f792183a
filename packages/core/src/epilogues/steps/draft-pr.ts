import type { Criterion } from "@conveyor/contracts";
import { criteriaOf } from "../../criteria/criterion.ts";
import type { Ctx } from "../../ctx.ts";
import { show as showProof } from "../../proof/show.ts";
import { openDraft } from "./open-draft.ts";
import { type StepOutcome, type StepSubject, succeeded } from "./step.ts";

/** Keys of evidence that say where something can be looked at. */
const RECEIPTS = ["pr_url", "url", "commit", "commit_sha", "merge_sha", "branch"] as const;

/**
 * The text of a pull request, made of what the ledger knows, with how each criterion is proven; opened as a draft where `gh`
 * is there and the contract grants it (spec 04 §4.13).
 */
export async function draftPr(ctx: Ctx, task: StepSubject): Promise<StepOutcome> {
  const proven = await provenTable(ctx, task);
  const drafted = await ctx.store.read(async (tx) => {
    const criteria = criteriaOf(tx, task.id);
    const command_count = await tx.db.commands.count({ where: { task_id: task.id } });
    const event_count = await tx.db.events.count({ where: { task_id: task.id } });
    const satisfied = criteria.filter(({ status }) => status === "satisfied").length;
    return {
      acceptance_criteria_count: criteria.length,
      command_count,
      event_count,
      summary: `${satisfied} of ${criteria.length} criteria satisfied`,
      draft: [draftOf(task, criteria), ...(proven === null ? [] : [`## Proof\n\n${proven}`])].join("\n\n"),
    };
  });
  return succeeded({ ...drafted, pull_request: await openDraft(ctx, task, drafted.draft) });
}

/** How each criterion is proven by the files as they are now; null where no check says anything, or nobody can look. */
async function provenTable(ctx: Ctx, task: StepSubject): Promise<string | null> {
  const report = await showProof(ctx, { task: task.id }).catch(() => null);
  if (report === null || report.criteria.every(({ checks }) => checks.length === 0)) return null;
  const rows = report.criteria.map(({ criterion, state, checks }) =>
    ["", cell(criterion), state, checks.map(({ name }) => cell(name)).join(", "), ""].join(" | ").trim(),
  );
  const files = report.subject === null ? [] : ["", `Files \`${report.subject.tree}\``];
  return ["| criterion | proof | by |", "| --- | --- | --- |", ...rows, ...files].join("\n");
}

const cell = (text: string) => oneLine(text).replaceAll("|", "\\|");

/** The draft in Markdown. Pure. */
export function draftOf(task: Pick<StepSubject, "goal" | "name">, criteria: readonly Criterion[]): string {
  const groups: [title: string, statuses: readonly string[]][] = [
    ["Satisfied", ["satisfied"]],
    ["Open", ["accepted", "proposed"]],
    ["Deferred", ["deferred"]],
  ];
  const sections = groups.map(([title, statuses]) => {
    const rows = criteria.filter(({ status }) => statuses.includes(status)).map(rowOf);
    return `## ${title}\n\n${rows.length === 0 ? "none" : rows.join("\n")}`;
  });
  const receipts = [...new Set(criteria.flatMap(receiptsOf))];
  return [
    `# ${oneLine(task.name)}`,
    task.goal.trim(),
    ...sections,
    `## Receipts\n\n${receipts.length === 0 ? "none" : receipts.join("\n")}`,
  ].join("\n\n");
}

function rowOf({ id, criterion, proof, evidence, rationale }: Criterion): string {
  const said = [
    proof,
    typeof evidence["command"] === "string" ? `\`${oneLine(evidence["command"])}\`` : null,
    typeof evidence["status"] === "string" ? evidence["status"] : null,
    rationale,
  ].filter((text) => text !== null && text !== "");
  return `- #${id} ${oneLine(criterion)}${said.length === 0 ? "" : ` (${oneLine(said.join("; "))})`}`;
}

function receiptsOf({ evidence }: Criterion): string[] {
  return RECEIPTS.flatMap((key) => (typeof evidence[key] === "string" ? [`- ${key}: ${oneLine(evidence[key])}`] : []));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
