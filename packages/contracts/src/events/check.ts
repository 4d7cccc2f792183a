import * as z from "zod";
import { declarationOf, type EventName } from "./catalogue.ts";
import type { AnyEventTold } from "./declaration.ts";
import { sharedAttributes } from "./shared-attributes.ts";

export interface EventSchemas {
  attributes: z.ZodObject;
  /** Of what the audit entry holds, where that is not the attributes. */
  payload: z.ZodObject | null;
}

/** The schemas of what an event holds, which allow nothing that is not declared. */
export function eventSchemas(name: EventName): EventSchemas {
  const declared = declarationOf(name);
  const shared = sharedAttributes(z);
  const payload = declared.kind === "both" ? declared.payload : undefined;
  return {
    attributes: z.strictObject(declared.attributes(z, shared)),
    payload: payload === undefined ? null : z.strictObject(payload(z, shared)),
  };
}

const known = new Map<EventName, EventSchemas>();

/**
 * Throws when an event holds anything but what its declaration says. TypeScript has seen to most of it; this sees what
 * was spread in, and what is really in a record. Tests switch it on.
 */
export function checkEvent(name: EventName, told: AnyEventTold): void {
  const schemas = known.get(name) ?? eventSchemas(name);
  known.set(name, schemas);
  for (const part of ["attributes", "payload"] as const) {
    const found = schemas[part]?.safeParse(asStored(told[part]));
    if (found?.success === false) throw new Error(`event ${name}, ${part}: ${z.prettifyError(found.error)}`);
  }
  const declared = declarationOf(name);
  if (declared.kind === "audit") return;
  assertOneOf(name, declared.actor, told.actor);
  assertOneOf(name, declared.severity, told.severity);
}

/** What becomes JSON has no undefined. */
const asStored = (facts: unknown): unknown => (facts === undefined ? undefined : JSON.parse(JSON.stringify(facts)));

function assertOneOf(name: EventName, declared: string | readonly string[], given: string | undefined): void {
  if (typeof declared === "string" || (given !== undefined && declared.includes(given))) return;
  throw new Error(`event ${name}: ${given} is none of ${declared.join(", ")}`);
}
