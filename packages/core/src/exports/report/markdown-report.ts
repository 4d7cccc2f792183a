import { markdownText } from "./markdown-text.ts";
import { type ReportFacts, reportedDays, reportedFacts } from "./report-facts.ts";

/** What happened to a task, in Markdown. Nothing of the records is markup in it. Pure. */
export function markdownReport(report: ReportFacts): string {
  const { facts, entries, total } = report;
  const name = markdownText(String(facts.task["name"]));
  const criteria = facts.criteria.map(
    ({ id, status, criterion, proof }) =>
      `| ${id} | ${status} | ${markdownText(criterion)} | ${proof === null ? "" : markdownText(proof)} |`,
  );
  return [
    `# ${name}`,
    "",
    ...reportedFacts(report).map(([label, text]) => `- **${label}:** ${markdownText(text)}`),
    "",
    "## Acceptance criteria",
    "",
    ...(criteria.length === 0
      ? ["None."]
      : ["| # | state | criterion | proof |", "| --- | --- | --- | --- |", ...criteria]),
    "",
    "## Timeline",
    "",
    ...(total > entries.length
      ? [`The newest ${entries.length} of ${total} entries; all are in replay.json.`, ""]
      : []),
    ...reportedDays(entries).flatMap(({ day, entries: own }) => [
      `### ${day}`,
      "",
      ...own.map(
        ({ timestamp, actor, summary }) =>
          `- ${timestamp.slice(11, 23)} **${markdownText(actor)}** ${markdownText(summary)}`,
      ),
      "",
    ]),
  ].join("\n");
}
