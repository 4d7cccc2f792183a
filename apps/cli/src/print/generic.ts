import { cell, table, type View } from "./text.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const isFlat = (value: unknown) => value === null || typeof value !== "object";
const isEmpty = (value: unknown) =>
  (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0);

/** Columns beyond this many are not read any more; such rows are printed as blocks. */
const MOST_COLUMNS = 8;

/** A readable rendering of any output, for commands without a rendering of their own. */
export function renderGeneric(output: unknown, view: View): string {
  if (Array.isArray(output)) return renderList(output, view, "");
  if (isRecord(output)) return renderRecord(output, view, "");
  return `${cell(output)}\n`;
}

function renderRecord(record: Record<string, unknown>, view: View, indent: string): string {
  const entries = Object.entries(record);
  const flat = entries.filter(([, value]) => isFlat(value) || isEmpty(value) || isShortList(value));
  const deep = entries.filter((entry) => !flat.includes(entry));
  const parts = flat.map(([key, value]) => `${indent}${view.colour.dim(`${label(key)}:`)} ${inline(value, indent)}\n`);
  for (const [key, value] of deep) {
    parts.push(`${indent}${view.colour.bold(`${label(key)}:`)}\n`);
    const inner = `${indent}  `;
    parts.push(
      Array.isArray(value)
        ? renderList(value, view, inner)
        : renderRecord(value as Record<string, unknown>, view, inner),
    );
  }
  return parts.join("");
}

function renderList(list: readonly unknown[], view: View, indent: string): string {
  if (list.length === 0) return `${indent}none\n`;
  if (!list.every(isRecord)) return list.map((item) => `${indent}- ${cell(item)}\n`).join("");
  const columns = [...new Set(list.flatMap((row) => Object.keys(row)))];
  const asTable = columns.length <= MOST_COLUMNS && list.every((row) => Object.values(row).every(isFlat));
  if (asTable) {
    const heads = columns.map((name) => (view.isTerminal ? view.colour.bold(label(name)) : name));
    const text = table([heads, ...list.map((row) => columns.map((name) => row[name]))], view);
    return text.replace(/^(?=.)/gm, indent);
  }
  return list.map((row) => renderRecord(row, view, indent)).join("\n");
}

const isShortList = (value: unknown) =>
  Array.isArray(value) && value.every((item) => isFlat(item) && String(item).length <= 40) && value.length <= 8;

function inline(value: unknown, indent: string): string {
  if (isEmpty(value)) return "none";
  if (Array.isArray(value)) return value.map(cell).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" && value.includes("\n")) {
    return value.trimEnd().replace(/^/gm, `${indent}  `).replace(/^/, "\n");
  }
  return cell(value);
}

const label = (key: string) => key.replaceAll("_", " ");
