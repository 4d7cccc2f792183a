import type { output, ZodObject } from "zod";
import { actuationEvents } from "./actuation.ts";
import { autonomyEvents } from "./autonomy.ts";
import { campaignEvents } from "./campaigns.ts";
import { checkEvents } from "./checks.ts";
import { commandEvents } from "./commands.ts";
import { contractEvents } from "./contract.ts";
import type { AttributesDeclaration, EventDeclaration } from "./declaration.ts";
import { deliveryEvents } from "./delivery.ts";
import { dispatcherEvents } from "./dispatchers.ts";
import { exportEvents } from "./exports.ts";
import { ledgerEvents } from "./ledger.ts";
import { loopEvents } from "./loops.ts";
import { observationEvents } from "./observation.ts";
import { sessionEvents } from "./sessions.ts";
import { setupEvents } from "./setup.ts";
import { startupEvents } from "./startup.ts";
import { taskEvents } from "./tasks.ts";
import { terminalEvents } from "./terminals.ts";
import { folderWorkerEvents } from "./workers.ts";
import { worktreeEvents } from "./worktrees.ts";

/** Every event that the program records, by name (spec 07 §7.8, §7.9). Nothing in it loads zod; `check.ts` does. */
export const EVENTS = {
  ...taskEvents,
  ...contractEvents,
  ...checkEvents,
  ...campaignEvents,
  ...sessionEvents,
  ...startupEvents,
  ...actuationEvents,
  ...commandEvents,
  ...deliveryEvents,
  ...dispatcherEvents,
  ...loopEvents,
  ...autonomyEvents,
  ...setupEvents,
  ...observationEvents,
  ...folderWorkerEvents,
  ...worktreeEvents,
  ...terminalEvents,
  ...ledgerEvents,
  ...exportEvents,
};

/** What entries of a worker's event file are called in the audit when they are imported (spec 07 §7.10.9). */
export const IMPORTED_PREFIX = "compat_";

type Catalogue = typeof EVENTS;
export type EventName = keyof Catalogue;

type Facts<Declared> = Declared extends AttributesDeclaration ? output<ZodObject<ReturnType<Declared>>> : never;

/** The facts of an event, as its declaration types them. */
export type EventAttributes<Name extends EventName> = Facts<Catalogue[Name]["attributes"]>;

type With<Name extends EventName, Key extends string> = Catalogue[Name] extends infer Declared
  ? Declared extends Record<Key, infer Value>
    ? Value
    : never
  : never;

/** Those of a list that the caller has to choose from; never when the declaration names the one. */
type Choice<Value> = Value extends readonly (infer One)[] ? One : never;
type Chosen<Key extends string, Value> = [Value] extends [never] ? { [key in Key]?: never } : { [key in Key]: Value };

/** What the caller says of an event; what its declaration says already is not repeated. */
export type EventTold<Name extends EventName> = {
  attributes: EventAttributes<Name>;
  task_id?: string | null | undefined;
} & Chosen<"actor", Choice<With<Name, "actor">>> &
  Chosen<"severity", Choice<With<Name, "severity">>> &
  Chosen<"payload", Facts<With<Name, "payload">>> &
  (Catalogue[Name]["kind"] extends "audit" ? unknown : TelemetryPart) &
  (Catalogue[Name]["kind"] extends "telemetry" ? unknown : AuditPart);

interface TelemetryPart {
  /** One line for people; no content, it is searched. */
  summary: string;
  /** Ids that tie things together. */
  correlation?: Record<string, unknown> | undefined;
  /** Default: the task's active run. */
  run_id?: string | null | undefined;
}

interface AuditPart {
  session_id?: string | null | undefined;
  /** A folder-based worker. */
  worker_id?: string | null | undefined;
  command_id?: string | null | undefined;
  correlation_id?: string | null | undefined;
}

/** What telling an event answers: the id of its telemetry, undefined when it has none. */
export type TelemetryIdOf<Name extends EventName> = Catalogue[Name]["kind"] extends "audit" ? undefined : string;

/** How an event is recorded. */
export function declarationOf(name: EventName): EventDeclaration {
  return EVENTS[name];
}
