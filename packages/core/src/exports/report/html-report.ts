import type { ReplayEntry } from "@conveyor/contracts";
import { belongsTo, type ReportFacts, reportedDays, reportedFacts } from "./report-facts.ts";

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{max-width:70rem;margin:2rem auto;padding:0 1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #8884;overflow-wrap:anywhere}
h3{position:sticky;top:0;background:Canvas;margin:1.5rem 0 .3rem}td.t{white-space:nowrap;font-variant-numeric:tabular-nums}small{opacity:.7}`;

/**
 * What happened to a task, as one page that needs nothing beside it: no script, no picture, no other address, and a policy
 * that forbids all of them. Every word of the records is text in it. Pure.
 */
export function htmlReport(report: ReportFacts): string {
  const { facts, entries, total } = report;
  const name = escaped(String(facts.task["name"]));
  const criteria = facts.criteria.map(({ id, status, criterion, proof }) =>
    row([String(id), status, criterion, proof ?? ""]),
  );
  const left_out =
    total > entries.length ? `<p>The newest ${entries.length} of ${total} entries; all are in replay.json.</p>` : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${name}</title>
<style>${STYLE}</style>
<h1>${name}</h1>
<dl>${reportedFacts(report)
    .map(([label, text]) => `<dt>${label}</dt><dd>${escaped(text)}</dd>`)
    .join("")}</dl>
<h2>Acceptance criteria</h2>
${criteria.length === 0 ? "<p>None.</p>" : `<table><tr><th>#<th>state<th>criterion<th>proof</tr>${criteria.join("")}</table>`}
<h2>Timeline</h2>
${left_out}${reportedDays(entries)
  .map(({ day, entries: own }) => `<h3>${escaped(day)}</h3><table>${own.map(entryRow).join("")}</table>`)
  .join("\n")}
</html>
`;
}

function entryRow(entry: ReplayEntry): string {
  const chain = belongsTo(entry);
  const belongs = chain === null ? "" : ` <small>${escaped(chain)}</small>`;
  const time = `<td class="t">${escaped(entry.timestamp.slice(11, 23))}`;
  return `<tr>${time}<td>${escaped(entry.actor)}<td>${escaped(entry.kind.replaceAll("_", " "))}<td>${escaped(entry.summary)}${belongs}</tr>\n`;
}

const row = (cells: readonly string[]) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}`).join("")}</tr>`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}
