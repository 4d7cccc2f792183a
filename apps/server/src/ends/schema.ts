import { VERSION } from "@conveyor/contracts/version";
import { sendJsonText } from "../responses.ts";
import type { HttpRoute } from "./route.ts";

type Json = Record<string, unknown>;

/** The JSON Schemas of all answers, by procedure path. */
export interface SchemaDocument {
  version: string;
  outputs: Record<string, Json>;
}

/** `GET /api/schema`: what every operation answers, as JSON Schema, made from the contracts (spec 06 §6.12 item 12). */
export function schemaRoutes(): HttpRoute[] {
  let text: Promise<string> | undefined;
  return [
    {
      method: "GET",
      path: "/api/schema",
      auth: true,
      async handle(_request, response) {
        text ??= schemaDocument().then((document) => JSON.stringify(document));
        sendJsonText(response, await text);
      },
    },
  ];
}

/** A schema for each operation that a server runs; of a stream, of one item. */
export async function schemaDocument(): Promise<SchemaDocument> {
  const [{ allOperations }, { toJSONSchema }] = await Promise.all([
    import("@conveyor/contracts/registry"),
    import("zod"),
  ]);
  const served = allOperations().filter(({ kind }) => kind !== "local");
  const outputs = served.map(({ path, output }) => {
    // Shapes that several answers share stand in each under a name of their own, so that every schema is whole.
    const schema = toJSONSchema(output, { io: "output", unrepresentable: "any" }) as Json;
    return [path, schema] as const;
  });
  return { version: VERSION, outputs: Object.fromEntries(outputs) };
}
