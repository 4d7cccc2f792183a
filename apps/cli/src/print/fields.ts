import type { OperationPath } from "@conveyor/contracts";
import { directory } from "@conveyor/contracts/directory";
import { nearest } from "@conveyor/contracts/nearest";
import type { OperationSpec } from "../manifest.ts";
import { usageError } from "../usage-error.ts";
import { quote } from "../values.ts";
import { jsonLine } from "./json.ts";

/** Prints only some fields of an answer: one JSON document per row. */
export type Picker = (answer: unknown) => string;

/** What is read of a schema here. */
interface Schema {
  def: Record<string, unknown> & { type: string };
}

/**
 * What `--fields` makes of the answers of an operation (spec 10.2): of a list each row, of a document with a single list of
 * objects the rows of that list, of every other document itself. Fields may be dotted; one that a row has not is null.
 * Throws `usage` for a field that no row can have, before anything is done.
 */
export async function fieldPicker({ path }: OperationSpec, fields: readonly string[]): Promise<Picker> {
  const { output } = await directory[path as OperationPath].load();
  const { rows, key } = rowsIn(output as unknown as Schema);
  for (const field of fields) assertField(rows, field);
  const names = fields.map((field) => [field, field.split(".")] as const);
  const picked = (row: unknown) => jsonLine(Object.fromEntries(names.map(([field, steps]) => [field, at(row, steps)])));
  return (answer) => {
    const found = key === null ? answer : (answer as Record<string, unknown>)[key];
    return (Array.isArray(found) ? found : [found]).map(picked).join("");
  };
}

function at(row: unknown, steps: readonly string[]): unknown {
  let current = row;
  for (const step of steps) {
    if (current === null || typeof current !== "object" || !Object.hasOwn(current, step)) return null;
    current = (current as Record<string, unknown>)[step];
  }
  return current ?? null;
}

/** Which part of an answer has the rows: all of it, or what stands under `key`. */
function rowsIn(output: Schema): { rows: Schema; key: string | null } {
  const whole = bare(output);
  if (whole.def.type === "array") return { rows: bare(whole.def["element"] as Schema), key: null };
  if (whole.def.type !== "object") return { rows: whole, key: null };
  const lists = Object.entries(shapeOf(whole)).filter(([, own]) => {
    const list = bare(own);
    return list.def.type === "array" && mayHaveFields(bare(list.def["element"] as Schema));
  });
  const [only, second] = lists;
  if (only === undefined || second !== undefined) return { rows: whole, key: null };
  return { rows: bare(bare(only[1]).def["element"] as Schema), key: only[0] };
}

function mayHaveFields({ def: { type } }: Schema): boolean {
  return type === "object" || type === "record" || type === "union" || type === "intersection";
}

/** Without what only says that it may be missing, or what stands for it. */
function bare(schema: Schema): Schema {
  let current = schema;
  for (;;) {
    const inner = (current.def["innerType"] ?? current.def["in"]) as Schema | undefined;
    if (inner === undefined) return current;
    current = inner;
  }
}

function shapeOf({ def }: Schema): Record<string, Schema> {
  return def["shape"] as Record<string, Schema>;
}

/** The names that a schema gives its fields; undefined when it takes any. */
function fieldsOf(schema: Schema): ReadonlyMap<string, Schema | undefined> | undefined {
  const own = bare(schema);
  switch (own.def.type) {
    case "object": {
      const isOpen = own.def["catchall"] !== undefined && (own.def["catchall"] as Schema).def.type !== "never";
      return isOpen ? undefined : new Map(Object.entries(shapeOf(own)));
    }
    case "union": {
      const all = new Map<string, Schema | undefined>();
      for (const option of own.def["options"] as Schema[]) {
        const some = fieldsOf(option);
        if (some === undefined) return undefined;
        for (const [name, field] of some) all.set(name, all.has(name) ? undefined : field);
      }
      return all;
    }
    case "record":
    case "unknown":
    case "any":
    case "intersection":
      return undefined;
    default:
      return new Map();
  }
}

function assertField(rows: Schema, field: string): void {
  let schema: Schema | undefined = rows;
  const walked: string[] = [];
  for (const step of field.split(".")) {
    const known: ReadonlyMap<string, Schema | undefined> | undefined = schema && fieldsOf(schema);
    if (known === undefined) return;
    if (!known.has(step)) throw noSuchField(field, [...walked, step].join("."), walked, [...known.keys()]);
    schema = known.get(step);
    walked.push(step);
  }
}

function noSuchField(field: string, upTo: string, walked: readonly string[], known: readonly string[]): Error {
  const near = nearest(upTo.split(".").at(-1) as string, known);
  const before = walked.length === 0 ? "" : `${walked.join(".")}.`;
  const hint =
    near !== undefined
      ? `did you mean ${before}${near}?`
      : known.length === 0
        ? `${walked.join(".")} has no fields`
        : `it has ${known.map((name) => before + name).join(", ")}`;
  return usageError(`the answer has no field ${quote(upTo)}`, hint, { field, ...(near && { nearest: before + near }) });
}
