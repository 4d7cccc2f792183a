import { compile } from "json-schema-to-typescript";
import { z } from "zod";
import { allOperations, operations } from "../../../packages/contracts/src/index.ts";

type JsonSchema = Parameters<typeof compile>[0];

/** `inbox.takeWorker` as the beginning of a type's name: `InboxTakeWorker`. */
function typeNameOf(path: string): string {
  return path.replace(/(?:^|\.)(\w)/g, (_, first: string) => first.toUpperCase());
}

/**
 * What the SDK's declarations take from `@conveyor/contracts`, written without zod: the input and the output of every
 * operation as plain interfaces whose fields carry the help texts, and the table `Operations` that leads to them. So a
 * script needs nothing but this package to be typed, and an editor shows what a field means.
 */
export async function operationTypes(): Promise<string> {
  const definitions: Record<string, JsonSchema> = {};
  for (const { path, kind, input, output } of allOperations()) {
    if (kind === "local") continue;
    addSchema(definitions, `${typeNameOf(path)}Input`, input, "input");
    addSchema(definitions, `${typeNameOf(path)}Output`, output, "output");
  }
  const types = await compile({ definitions } as JsonSchema, "Everything", {
    bannerComment: "",
    additionalProperties: false,
    unreachableDefinitions: true,
    format: false,
  });
  return [types.replace(/export interface Everything \{\s*\}/, ""), HELPERS, operationTable()].join("\n");
}

function addSchema(definitions: Record<string, JsonSchema>, name: string, schema: z.ZodType, io: "input" | "output") {
  const { $schema: _, $defs, ...own } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-7" });
  const { definitions: shared, ...rest } = own as Record<string, unknown>;
  for (const [id, part] of Object.entries({ ...$defs, ...(shared as Record<string, JsonSchema>) })) {
    if (definitions[id] !== undefined && JSON.stringify(definitions[id]) !== JSON.stringify(part))
      throw new Error(`two different schemas are called ${id}`);
    definitions[id] = part as JsonSchema;
  }
  definitions[name] = rest as JsonSchema;
}

/** The helpers of the contracts under their own names, over the table below instead of over schemas. */
const HELPERS = `
export interface AnyOperation {
  path: string;
  kind: "query" | "mutation" | "subscription" | "local";
  input: object;
  output: unknown;
}
export type CallOf<Op extends { input: object }> = Op["input"];
export type OutputOf<Op extends { output: unknown }> = Op["output"];
export type Role = "worker" | "manager";
export type InboxItem = InboxOnItemOutput;
`;

function operationTable(): string {
  const areas = Object.entries(operations).map(([area, members]) => {
    const rows = Object.entries(members).map(([name, { path, kind, summary }]) => {
      const types = kind === "local" ? ["object", "unknown"] : ["Input", "Output"].map((io) => typeNameOf(path) + io);
      return `    /** ${summary}. */\n    ${name}: { path: "${path}"; kind: "${kind}"; input: ${types[0]}; output: ${types[1]} };`;
    });
    return `  ${area}: {\n${rows.join("\n")}\n  };`;
  });
  return `export interface Operations {\n${areas.join("\n")}\n}\n`;
}
