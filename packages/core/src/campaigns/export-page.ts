import type { CampaignDocument } from "./export-document.ts";

/** Nothing is loaded and nothing runs, whatever the words of a campaign hold. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}
th,td{border:1px solid color-mix(in srgb,currentColor 25%,transparent);padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.rule{border-left:.3rem solid #b45309;padding:.5rem 1rem}`;

/** A column of a table: its head, and what stands in it. One that is false is left out. */
type Column<Row> = readonly [head: string, of: (row: Row) => unknown];

/** A campaign as one page that needs nothing else and runs no script. Pure. */
export function campaignPage(document: CampaignDocument): string {
  const { campaign, verdict, next_manager_action: next, summary, approvals } = document;
  const slotKey = new Map(document.slots.map(({ id, slot_key }) => [id, slot_key]));
  const words = document.includes_words;
  return [
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escaped(campaign.name)}</title>\n<style>${STYLE}</style>\n</head>\n<body>`,
    `<h1>${escaped(campaign.name)}</h1>\n<p>${escaped(campaign.objective)}</p>`,
    `<p class="rule"><strong>${escaped(document.publish_rule)}</strong></p>`,
    `<p>Campaign: ${escaped(campaign.status)}. Closeout: ${escaped(verdict)}. Next: ${escaped(next.action)}, because ${escaped(next.reason)}.`,
    ` As of ${escaped(document.exported_at)}.${words ? "" : " Instructions, briefs, summaries, notes and metadata are left out."}</p>`,
    table(
      "Figures",
      [
        ["what", ([name]) => name],
        ["how many", ([, amount]) => amount],
      ],
      [...Object.entries(summary), ...Object.entries(approvals)],
    ),
    table(
      "What shows that it is done",
      [
        ["check", ({ check }) => check],
        ["result", ({ status }) => status],
        ["evidence", ({ evidence }) => evidence],
      ],
      document.proof_checks,
    ),
    table(
      "Slots",
      [
        ["slot", ({ slot_key }) => slot_key],
        ["does", ({ role_label }) => role_label],
        ["channel", ({ channel }) => channel],
        ["state", ({ lifecycle_state }) => lifecycle_state],
        ["open work", ({ active_assignments }) => active_assignments],
        ["in the way", ({ blockers }) => blockers.join("; ")],
      ],
      document.slots,
    ),
    words &&
      table(
        "Briefs",
        [
          ["channel", ({ channel }) => channel],
          ["brief", ({ brief }) => brief],
        ],
        document.channel_briefs,
      ),
    table(
      "Assignments",
      [
        ["slot", ({ slot_id }) => slotKey.get(slot_id)],
        ["title", ({ title }) => title],
        ["status", ({ status }) => status],
        ["made", ({ created_at }) => created_at],
        words && ["instructions", ({ instructions }) => instructions],
      ],
      document.assignments,
    ),
    table(
      "Assets",
      [
        ["slot", ({ slot_id }) => slotKey.get(slot_id)],
        ["title", ({ title }) => title],
        ["type", ({ asset_type }) => asset_type],
        ["status", ({ status }) => status],
        ["decided by", ({ reviewed_by }) => reviewed_by],
        ["file", ({ artifact_path }) => artifact_path],
        ["sha-256", ({ artifact_sha256 }) => artifact_sha256?.slice(0, 16)],
        words && ["notes", ({ review_notes }) => review_notes],
      ],
      document.assets,
    ),
    table(
      "History",
      [
        ["when", ({ created_at }) => created_at],
        ["what", ({ entity, change }) => `${entity} ${change}`],
        ["from", ({ from }) => from],
        ["to", ({ to, forced }) => (forced ? `${to} (forced)` : to)],
        ["by", ({ by }) => by],
        words && ["why", ({ reason }) => reason],
      ],
      document.history,
    ),
    "</body>\n</html>\n",
  ]
    .filter((part) => part !== false)
    .join("\n");
}

function table<Row>(title: string, wanted: readonly (Column<Row> | false)[], rows: readonly Row[]): string {
  const columns = wanted.filter((column) => column !== false);
  if (rows.length === 0) return `<h2>${escaped(title)}</h2>\n<p>None.</p>`;
  const heads = columns.map(([head]) => `<th scope="col">${escaped(head)}</th>`).join("");
  return [
    `<h2>${escaped(title)}</h2>\n<table>\n<thead><tr>${heads}</tr></thead>\n<tbody>`,
    ...rows.map((row) => `<tr>${columns.map(([, of]) => `<td>${cellOf(of(row))}</td>`).join("")}</tr>`),
    "</tbody>\n</table>",
  ].join("\n");
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "object" ? `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>` : escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => ENTITIES[one] as string);
}
