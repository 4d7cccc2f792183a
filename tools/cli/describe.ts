import type { FlagSpec, ValueSpec, ValueType } from "../../apps/cli/src/manifest.ts";
import { type FieldCli, fieldCliOf } from "../../packages/contracts/src/index.ts";

/** What is needed of a zod schema here; zod itself stays a dependency of the contracts only. */
export interface Schema {
  def: Record<string, unknown> & { type: string };
  description?: string | undefined;
  _zod: { optin?: string | undefined };
}

interface Shape {
  type: ValueType;
  values?: string[];
  repeatable?: true;
  nullable?: true;
}

/** The schemas from the outside to the inside: `.default()`, `.optional()`, `.nullable()`, pipes. */
export function layersOf(schema: Schema): Schema[] {
  const layers: Schema[] = [];
  let current: Schema | undefined = schema;
  while (current !== undefined) {
    layers.push(current);
    current = (current.def["innerType"] ?? current.def["in"]) as Schema | undefined;
  }
  return layers;
}

/** The description of a field, wherever in the layers it was given. */
export function describedAs(schema: Schema): string | undefined {
  return layersOf(schema).find((layer) => layer.description !== undefined)?.description;
}

/** The default of a field; undefined when it has none. */
function defaultOf(schema: Schema): unknown {
  const layer = layersOf(schema).find(({ def }) => def.type === "default" || def.type === "prefault");
  return layer?.def["defaultValue"];
}

/** Whether a caller must give the field. */
function isRequired(schema: Schema): boolean {
  return schema._zod.optin === undefined;
}

/** How the values of a field look on a command line. Throws for a field that no command line could fill. */
export function shapeOf(schema: Schema): Shape {
  const layers = layersOf(schema);
  const nullable = layers.some(({ def }) => def.type === "nullable");
  const inner = layers.at(-1) as Schema;
  return { ...innerShape(inner), ...(nullable && { nullable: true as const }) };
}

function innerShape(schema: Schema): Shape {
  const { def } = schema;
  switch (def.type) {
    case "string":
    case "template_literal":
      return { type: "string" };
    case "boolean":
      return { type: "boolean" };
    case "number":
      return { type: isWhole(schema) ? "integer" : "number" };
    case "enum":
      return { type: "string", values: Object.values(def["entries"] as Record<string, string>).map(String) };
    case "literal":
      return literalShape(def["values"] as unknown[]);
    case "array":
      return arrayShape(shapeOf(def["element"] as Schema));
    case "union":
      return unionShape((def["options"] as Schema[]).map(shapeOf));
    case "object":
    case "record":
    case "unknown":
    case "any":
    case "tuple":
      return { type: "json" };
    default:
      throw new Error(`a field of the schema type ${def.type} has no form on the command line`);
  }
}

function isWhole(schema: Schema): boolean {
  const checks = (schema.def["checks"] ?? []) as { _zod: { def: { format?: unknown } } }[];
  return [schema.def["format"], ...checks.map(({ _zod }) => _zod.def.format)].some((format) =>
    /int/.test(String(format)),
  );
}

function literalShape(values: unknown[]): Shape {
  if (values.every((value) => typeof value === "boolean")) return { type: "boolean" };
  if (values.every((value) => typeof value === "number")) return { type: "number" };
  return { type: "string", values: values.map(String) };
}

function arrayShape(element: Shape): Shape {
  if (element.repeatable || element.type === "boolean") return { type: "json" };
  return { ...element, repeatable: true };
}

function unionShape(options: Shape[]): Shape {
  const types = new Set(options.map(({ type }) => type));
  if (types.size !== 1) return { type: types.has("string") && !types.has("json") ? "string" : "json" };
  const values = options.flatMap((option) => option.values ?? []);
  const closed = options.every((option) => option.values !== undefined);
  return { ...(options[0] as Shape), values: closed ? values : undefined };
}

/** `max_attempts` -> `max-attempts`. */
function kebab(field: string): string {
  return field.replaceAll("_", "-");
}

const PLACEHOLDERS: Record<ValueType, string> = {
  boolean: "",
  string: "text",
  integer: "n",
  number: "number",
  json: "json",
};

function valueSpec(field: string, schema: Schema, cli: FieldCli): ValueSpec {
  const shape = shapeOf(schema);
  const type = cli.from_stdin ? "boolean" : cli.json ? "json" : shape.type;
  const fallback = cli.path ? "file" : PLACEHOLDERS[type];
  const standard = defaultOf(schema);
  const required = isRequired(schema);
  if (required && shape.nullable) {
    throw new Error(`the field ${field} may be null but has no default, so a command line could not leave it out`);
  }
  return {
    field,
    type,
    ...(shape.values && type === "string" && { values: shape.values }),
    ...(shape.repeatable && !cli.json && !cli.from_stdin && { repeatable: true as const }),
    ...(required && !cli.caller_folder && { required: true as const }),
    ...(isTelling(standard) && { default: standard }),
    help: describedAs(schema) ?? "",
    placeholder: cli.placeholder ?? fallback,
    ...(cli.path && { path: true as const }),
    ...(cli.dash_reads_stdin && { dash_reads_stdin: true as const }),
    ...(cli.stdin_unless && { stdin_unless: cli.stdin_unless }),
    ...(cli.from_stdin && { from_stdin: cli.from_stdin }),
    ...(cli.caller_folder && { caller_folder: true as const }),
    ...(cli.rest && { rest: cli.rest }),
  };
}

/** Defaults that only mean "nothing given" are left out of help. */
function isTelling(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** The flags and positional arguments of an input object. */
export function describeInput(shape: Record<string, unknown>): { flags: FlagSpec[]; arguments: ValueSpec[] } {
  const flags: FlagSpec[] = [];
  const positionals: [number, ValueSpec][] = [];
  for (const [field, untyped] of Object.entries(shape)) {
    const schema = untyped as Schema;
    const cli = fieldCliOf(untyped as Parameters<typeof fieldCliOf>[0]);
    if (cli.hidden) continue;
    const spec = valueSpec(field, schema, cli);
    if (cli.position !== undefined || cli.rest !== undefined) {
      // What takes the rest comes last, whatever its place in the input.
      const position = cli.position ?? Number.POSITIVE_INFINITY;
      positionals.push([position, { ...spec, placeholder: cli.placeholder ?? kebab(field) }]);
      continue;
    }
    flags.push({
      flag: cli.from_stdin ? "from-stdin" : (cli.flag ?? kebab(field)),
      ...spec,
      ...(cli.aliases && { aliases: cli.aliases }),
      ...(cli.short !== undefined && { short: cli.short }),
      ...(cli.once && { once: true as const }),
      ...(cli.swallows && { swallows: true as const }),
    });
  }
  positionals.sort(([a], [b]) => a - b);
  return { flags, arguments: positionals.map(([, spec]) => spec) };
}
