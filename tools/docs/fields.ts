import { describedAs, layersOf, type Schema, shapeOf } from "../cli/describe.ts";

/** One field of an output, however deep: `items[].payload`. */
export interface OutputField {
  path: string;
  type: string;
  help: string;
}

/** Fields deeper than this are summed up as `object`. */
const DEEPEST = 4;

/** The fields of an output schema in the order of the schema. */
export function outputFields(schema: Schema, path = "", depth = 0): OutputField[] {
  const { inner, nullable } = peel(schema);
  const help = describedAs(schema) ?? "";
  const own = path === "" ? [] : [{ path, type: typeName(schema), help }];
  if (depth >= DEEPEST) return own;
  const { def } = inner;
  if (def.type === "object") {
    const shape = def["shape"] as Record<string, Schema>;
    const below = Object.entries(shape).flatMap(([name, field]) =>
      outputFields(field, path === "" ? name : `${path}.${name}`, depth + 1),
    );
    return [...own, ...below];
  }
  if (def.type === "array") {
    const element = def["element"] as Schema;
    if (peel(element).inner.def.type !== "object") return own;
    const below = outputFields(element, `${path}[]`, depth).slice(1);
    return path === "" ? below : [...own, ...below];
  }
  return own.map((field) =>
    nullable && !field.type.endsWith("null") ? { ...field, type: `${field.type} or null` } : field,
  );
}

function peel(schema: Schema): { inner: Schema; nullable: boolean; optional: boolean } {
  const layers = layersOf(schema);
  return {
    inner: layers.at(-1) as Schema,
    nullable: layers.some(({ def }) => def.type === "nullable"),
    optional: layers.some(({ def }) => def.type === "optional"),
  };
}

/** How a person calls the type: `string`, `worker or manager`, `list of objects`, `integer or null`, `string, optional`. */
export function typeName(schema: Schema): string {
  const { inner, nullable, optional } = peel(schema);
  return `${coreName(inner)}${nullable ? " or null" : ""}${optional ? ", optional" : ""}`;
}

function coreName(schema: Schema): string {
  const { def } = schema;
  switch (def.type) {
    case "object":
    case "record":
      return "object";
    case "array":
      return `list of ${plural(typeName(def["element"] as Schema))}`;
    case "union":
      return (def["options"] as Schema[]).map(typeName).join(" or ");
    case "literal":
      return (def["values"] as unknown[]).map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
    case "null":
      return "null";
    case "unknown":
    case "any":
      return "any";
    default: {
      const { type, values } = shapeOf(schema);
      return values === undefined ? type : values.map((value) => `\`${value}\``).join(", ");
    }
  }
}

const plural = (name: string) => (/^(object|string|integer|number)$/.test(name) ? `${name}s` : name);
