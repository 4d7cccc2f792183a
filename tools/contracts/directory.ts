import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyOperation } from "../../packages/contracts/src/index.ts";
import type { FieldRules } from "../../packages/contracts/src/judge.ts";
import { surelyOf } from "../../packages/contracts/src/surely.ts";
import { layersOf, type Schema } from "../cli/describe.ts";
import { HEADER, writeIfChanged } from "../files.ts";
import { answerContentOf } from "./content.ts";
import type { Declared } from "./registry.ts";

const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), "../../packages/contracts/src/generated/directory.ts");

/** Write what is known of every operation before its schemas are loaded. */
export function writeDirectory(declared: readonly Declared[], operations: readonly AnyOperation[]): void {
  const files = new Map(declared.map(({ area, name, file }) => [`${area}.${name}`, { name, file }]));
  const rows = operations.map((op) => {
    const { name, file } = files.get(op.path) as { name: string; file: string };
    const facts = { path: op.path, kind: op.kind, ledger: op.ledger, ...(op.cli.here && { here: true }) };
    const content = answerContentOf(op);
    const rules = { fields: rulesOf(op.input as unknown as Schema), ...(content && { content }) };
    const members = Object.entries({ ...facts, ...rules });
    const text = members.map(([key, value]) => `      ${key}: ${JSON.stringify(value)},\n`).join("");
    const load = `      load: () => import("../${file}.ts").then((own) => own.${name}),\n`;
    // A process that answers one question makes one entry.
    return `  get "${op.path}"(): DirectoryEntry {\n    return {\n${text}${load}    };\n  },`;
  });
  writeIfChanged(
    DIRECTORY,
    `${HEADER}import type { DirectoryEntry } from "../directory.ts";
import type { OperationPath } from "../registry.ts";

export const directory: Readonly<Record<OperationPath, DirectoryEntry>> = {
${rows.join("\n")}
};
`,
  );
}

/** The rules of each field of an input; null when the input as a whole has checks of its own. */
export function rulesOf(input: Schema): Record<string, FieldRules> | null {
  if (checksOf(input).length > 0) return null;
  const shape = input.def["shape"] as Record<string, Schema>;
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, fieldRules(schema)]));
}

function fieldRules(schema: Schema): FieldRules {
  const layers = layersOf(schema);
  const standard = layers.find(({ def }) => def.type === "default")?.def["defaultValue"];
  const optional = schema._zod.optin === "optional" && standard === undefined;
  // Layers that change a value, or let null stand for one, are the schema's business.
  const plain = layers.slice(0, -1).every(({ def }) => ["default", "optional"].includes(def.type));
  return {
    ...(plain ? valueRules(layers.at(-1) as Schema) : { type: "schema" as const }),
    ...(standard !== undefined && { default: standard }),
    ...(optional && { optional: true as const }),
  };
}

/** What a check is, and what it bounds. */
interface Check {
  check: string;
  value?: number;
  inclusive?: boolean;
  minimum?: number;
  maximum?: number;
}

function checksOf(schema: Schema): Check[] {
  return ((schema.def["checks"] ?? []) as { _zod: { def: Check } }[]).map(({ _zod }) => _zod.def);
}

type ValueRules = Extract<FieldRules, { type: "list" }>["item"];

function valueRules(schema: Schema): ValueRules {
  const { def } = schema;
  switch (def.type) {
    case "boolean":
      return { type: "boolean" };
    case "number":
      return numberRules(schema);
    case "enum":
      return { type: "enum", values: Object.values(def["entries"] as Record<string, string>) };
    case "string":
      return textRules(schema);
    case "array":
      return listRules(schema);
    default:
      return { type: "schema" };
  }
}

function numberRules(schema: Schema): ValueRules {
  const bounds: { min?: number; max?: number; above?: number } = {};
  for (const { check, value, inclusive } of checksOf(schema)) {
    if (value === undefined) return { type: "schema" };
    if (check === "greater_than" && inclusive) bounds.min = Math.max(value, bounds.min ?? value);
    else if (check === "greater_than") bounds.above = Math.max(value, bounds.above ?? value);
    else if (check === "less_than" && inclusive) bounds.max = Math.min(value, bounds.max ?? value);
    else return { type: "schema" };
  }
  const format = schema.def["format"];
  if (format !== undefined && format !== "safeint") return { type: "schema" };
  return { type: format === undefined ? "number" : "integer", ...bounds };
}

function textRules(schema: Schema): ValueRules {
  // A date or an address, which is a kind of text of its own.
  if (schema.def["format"] !== undefined) return { type: "schema" };
  const lengths: { min?: number; max?: number } = {};
  // A date or an address judges the whole text, and is no check beside the others.
  let more = schema.def["format"] !== undefined;
  for (const { check, minimum, maximum } of checksOf(schema)) {
    if (check === "min_length") lengths.min = Math.max(minimum as number, lengths.min ?? 0);
    else if (check === "max_length") lengths.max = Math.min(maximum as number, lengths.max ?? Infinity);
    else more = true;
  }
  const surely = surelyOf(schema as unknown as Parameters<typeof surelyOf>[0]);
  if (more && surely === undefined) return { type: "schema" };
  return { type: "text", ...lengths, ...(more && { surely: surely as string }) };
}

function listRules(schema: Schema): ValueRules {
  const item = valueRules(schema.def["element"] as Schema);
  const checks = checksOf(schema);
  if (item.type === "schema" || checks.some(({ check }) => check !== "max_length")) return { type: "schema" };
  const most = checks.map(({ maximum }) => maximum as number);
  return { type: "list", item, ...(most.length > 0 && { max: Math.min(...most) }) };
}
