import type { AnyOperation } from "@conveyor/contracts";
import { refusals } from "@conveyor/contracts/refusals";
import { VERSION } from "@conveyor/contracts/version";
import { sendJsonText } from "../responses.ts";
import { CALLS_PATH } from "./rest.ts";
import type { HttpRoute } from "./route.ts";

type Json = Record<string, unknown>;

const ERROR_REF = { $ref: "#/components/schemas/Error" };

const ERROR_SCHEMA: Json = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "hint", "details"],
      properties: {
        code: { type: "string", enum: Object.keys(refusals).sort(), description: "stable; tells what happened" },
        message: { type: "string" },
        hint: { type: ["string", "null"], description: "what to do next" },
        details: { type: "object" },
      },
    },
  },
};

/** What the door says before a call is reached, in the form of tRPC. */
const REFUSAL_SCHEMA: Json = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      properties: {
        message: { type: "string" },
        data: { type: "object", properties: { conveyor: { $ref: "#/components/schemas/Error/properties/error" } } },
      },
    },
  },
};

/** `GET /api/openapi.json`: every query and mutation, made from the contracts when it is first asked for (spec 10 §10.7). */
export function openApiRoutes(): HttpRoute[] {
  let text: Promise<string> | undefined;
  return [
    {
      method: "GET",
      path: "/api/openapi.json",
      auth: true,
      async handle(_request, response) {
        text ??= openApiDocument().then((document) => JSON.stringify(document));
        sendJsonText(response, await text);
      },
    },
  ];
}

/** The OpenAPI 3.1 document. The schemas are those of the contracts; nothing in it is written by hand per call. */
export async function openApiDocument(): Promise<Json> {
  const [{ allOperations }, { areas }, { toJSONSchema }] = await Promise.all([
    import("@conveyor/contracts/registry"),
    import("@conveyor/contracts/generated/areas"),
    import("zod"),
  ]);
  const schemas: Json = { Error: ERROR_SCHEMA, Refusal: REFUSAL_SCHEMA };
  const paths: Json = {};
  const schemaOf = (op: AnyOperation, io: "input" | "output") => {
    const made = toJSONSchema(io === "input" ? op.input.strict() : op.output, { io, unrepresentable: "any" }) as Json;
    return hoisted(made, `${op.path}.${io}`, schemas);
  };
  const calls = allOperations().filter(({ kind }) => kind === "query" || kind === "mutation");
  for (const op of calls) {
    const input = schemaOf(op, "input");
    const answers = answersOf(schemaOf(op, "output"));
    const [area = ""] = op.path.split(".");
    const shared = {
      summary: op.summary,
      tags: [areas.find(({ name }) => name === area)?.title ?? area],
      responses: answers,
    };
    paths[`${CALLS_PATH}${op.path}`] = {
      ...(op.kind === "query" && {
        get: {
          ...shared,
          operationId: `${op.path}.get`,
          parameters: [
            {
              name: "input",
              in: "query",
              description: "the input, as JSON",
              content: { "application/json": { schema: input } },
            },
          ],
        },
      }),
      post: {
        ...shared,
        operationId: op.path,
        requestBody: { required: needsInput(input), content: { "application/json": { schema: input } } },
      },
    };
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "Conveyor",
      version: VERSION,
      description: "Every query and mutation of this server. The token is in the file server-token of its state root.",
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } }, schemas },
  };
}

function answersOf(output: Json): Json {
  const error = { "application/json": { schema: ERROR_REF } };
  const refused = { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } };
  return {
    "200": { description: "the answer", content: { "application/json": { schema: output } } },
    "401": { description: "no token, or not the one of this server", content: refused },
    default: { description: "a refusal or a failure", content: error },
  };
}

const needsInput = (schema: Json) => Array.isArray(schema["required"]) && schema["required"].length > 0;

/**
 * The schema with its definitions moved to the document's own: those with a name of their own are shared by all calls,
 * others get the name of the call in front.
 */
function hoisted(schema: Json, owner: string, schemas: Json): Json {
  const { $schema: _dialect, $defs = {}, ...own } = schema;
  const nameOf = (name: string) => (name.startsWith("__") ? `${owner}.${name.slice(2)}` : name);
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        if (key !== "$ref" || typeof member !== "string") return [key, moved(member)];
        if (member === "#") return [key, `#/components/schemas/${owner}`];
        return [key, member.replace(/^#\/\$defs\/(.+)$/, (_, name: string) => `#/components/schemas/${nameOf(name)}`)];
      }),
    );
  };
  for (const [name, member] of Object.entries($defs as Json)) schemas[nameOf(name)] = moved(member);
  const result = moved(own) as Json;
  if (JSON.stringify(own).includes('"$ref":"#"')) schemas[owner] = result;
  return result;
}
