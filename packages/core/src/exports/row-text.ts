import { canonicalJson } from "@conveyor/contracts/json";
import { type bundleRows, maskJson } from "@conveyor/store";
import { hidden, mayHoldContent, type RedactionProfile, redact, siblings } from "../shared/redaction.ts";

/** What of a task's content a bundle holds (spec 07 §7.10.6). */
export interface BundleContent {
  profile: RedactionProfile;
  /** Texts of transcripts and prompts too. */
  transcripts: boolean;
}

/** Columns of text that is content wherever it stands, by table: shown only where transcripts are. */
const TRANSCRIPT_TABLES: readonly string[] = ["transcript_segments", "prompts"];
/** Tables in whose own columns content may stand, so that every row of them goes through the redactor. */
const CONTENT_TABLES: readonly string[] = ["agent_observations", "terminal_captures", "transcript_captures"];

/** A row as its bundle shows it: the object, and its one line of canonical JSON. */
export interface BundleRow {
  text: string;
  /** Parsed when it is first asked for. */
  row(): Record<string, unknown>;
}

interface Field {
  key: string;
  quoted: string;
  index: number;
  kind: bundleRows.BundleColumn["kind"];
  whole: boolean;
}

/**
 * How rows of a table are written down: their JSON columns parsed, without content and secrets. Most rows hold neither,
 * and the JSON that is stored of them is used as it stands; the others go through the one redactor. Pure.
 */
export function rowWriter(
  table: bundleRows.BundleTable,
  columns: readonly bundleRows.BundleColumn[],
  content: BundleContent,
): (values: readonly unknown[]) => BundleRow {
  const fields = fieldsOf(table, columns);
  const shown = content.transcripts && TRANSCRIPT_TABLES.includes(table.table);
  const walks = CONTENT_TABLES.includes(table.table) || TRANSCRIPT_TABLES.includes(table.table);
  return (values) => {
    const quick = walks || table.content !== undefined ? undefined : splicedText(fields, values);
    if (quick !== undefined) return rowOf(maskJson(quick));
    const decoded = decodedRow(fields, values);
    for (const key of table.content ?? []) hideText(decoded, key);
    return rowOf(maskJson(canonicalJson(shown ? decoded : redact(decoded, content.profile))));
  };
}

/** The row's JSON put together from what is stored; undefined when something in it has to be looked at. */
function splicedText(fields: readonly Field[], values: readonly unknown[]): string | undefined {
  let text = "{";
  for (const { quoted, index, kind, key, whole } of fields) {
    const value = values[index];
    if (key === "payload_withheld") {
      if (value === 1) return undefined;
      continue;
    }
    text += text.length === 1 ? `${quoted}:` : `,${quoted}:`;
    if (value === null || value === undefined) text += "null";
    else if (whole) text += `{"bytes":${Buffer.byteLength(String(value))},"redacted":true}`;
    else if (kind === "json") {
      const json = String(value);
      // A line break between members would end the row's line; canonical JSON has none.
      if (mayHoldContent(json) || json.includes("\n")) return undefined;
      text += json;
    } else if (kind === "flag") text += value === 1 ? "true" : "false";
    else text += JSON.stringify(value);
  }
  return `${text}}`;
}

function decodedRow(fields: readonly Field[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  let withheld = false;
  for (const { key, index, kind, whole } of fields) {
    const value = values[index];
    if (key === "payload_withheld") withheld = value === 1;
    else if (value === null || value === undefined) row[key] = null;
    else if (whole) row[key] = hidden(String(value));
    else if (kind === "json") row[key] = JSON.parse(String(value));
    else row[key] = kind === "flag" ? value === 1 : value;
  }
  // What was pruned leaves no note that pretends that there is something to see.
  for (const key of ["content", "segment_text"]) if (row[key] === null) delete row[key];
  if (!withheld) return row;
  const { payload: _payload, ...rest } = row;
  return { ...rest, payload_redacted: true };
}

function hideText(row: Record<string, unknown>, key: string): void {
  const text = row[key];
  if (typeof text !== "string") return;
  delete row[key];
  Object.assign(row, siblings(key, text));
}

function rowOf(text: string): BundleRow {
  let parsed: Record<string, unknown> | undefined;
  return { text, row: () => (parsed ??= JSON.parse(text) as Record<string, unknown>) };
}

function fieldsOf({ whole = [] }: bundleRows.BundleTable, columns: readonly bundleRows.BundleColumn[]): Field[] {
  const fields = columns.map(({ name, kind }, index) => {
    const key = kind === "json" ? name.slice(0, -"_json".length) : name;
    return { key, quoted: JSON.stringify(key), index, kind, whole: whole.includes(name) };
  });
  return fields.sort((one, other) => (one.key < other.key ? -1 : 1));
}
