import type { $ZodType } from "zod/v4/core";
import {
  declarationOf,
  EVENTS,
  type EventName,
  IMPORTED_PREFIX,
} from "../../packages/contracts/src/events/catalogue.ts";
import { eventSchemas } from "../../packages/contracts/src/events/check.ts";
import type { EventDeclaration } from "../../packages/contracts/src/events/declaration.ts";
import type { Schema } from "../cli/describe.ts";
import { outputFields } from "./fields.ts";

const KINDS: Record<EventDeclaration["kind"], string> = {
  audit: "audit",
  telemetry: "telemetry",
  both: "audit and telemetry",
};

/** The page of all events, in the order of their names: what each tells, who it says did it, and its attributes. */
export function eventsPage(): string {
  const names = (Object.keys(EVENTS) as EventName[]).sort();
  const rows = names.map((name) => {
    const declared = declarationOf(name);
    return `| [\`${name}\`](#${name}) | ${KINDS[declared.kind]} | ${declared.tells} |\n`;
  });
  return `
# Events

What Conveyor records of what it does. **Audit** events are the history of a task and are never deleted: \`conveyor audit\` and
\`conveyor replay\` show them. **Telemetry** events are receipts for people: \`conveyor telemetry\` lists, searches and follows them.
An event of both kinds is told twice under one name. No attribute holds a message, a screen or a secret.

| Event | Kind | Tells that |
| --- | --- | --- |
${rows.join("")}
Audit events whose names begin with \`${IMPORTED_PREFIX}\` come from the event file of a worker of the earlier tool; behind that stands the
name it gave them.

${names.map(section).join("\n")}`;
}

function section(name: EventName): string {
  const declared = declarationOf(name);
  const { attributes, payload } = eventSchemas(name);
  const held = (title: string, schema: $ZodType) => {
    const fields = outputFields(schema as unknown as Schema);
    const cells = fields.map(({ path, type, help }) => `| \`${path}\` | ${type} | ${help} |\n`);
    return `| ${title} | Type | Meaning |\n| --- | --- | --- |\n${cells.join("")}`;
  };
  const tables =
    payload === null
      ? held("Attribute", attributes)
      : `${held("In telemetry", attributes)}\n${held("In the audit", payload)}`;
  return `## ${name}\n\nTells that ${declared.tells}. ${facts(declared)}\n\n${tables}`;
}

function facts(declared: EventDeclaration): string {
  const kind = `Kind: ${KINDS[declared.kind]}`;
  if (declared.kind === "audit") return `${kind}; actor: \`workerctl\`.`;
  const audited = declared.kind === "both" ? (declared.audit_actor ?? "workerctl") : null;
  const actors = oneOf(declared.actor);
  const differs =
    audited !== null && audited !== "told" && actors !== `\`${audited}\`` ? ` (\`${audited}\` in the audit)` : "";
  return `${kind}; actor: ${actors}${differs}; severity: ${oneOf(declared.severity)}.`;
}

const oneOf = (declared: string | readonly string[]) =>
  [declared]
    .flat()
    .map((one) => `\`${one}\``)
    .join(" or ");
