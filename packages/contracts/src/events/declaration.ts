import type * as zod from "zod";
import type { SharedAttributes } from "./shared-attributes.ts";

/**
 * What a declaration builds its attributes with. It is handed in when somebody asks for the schema, as tests and the
 * reference do: a command that merely tells an event reads the table below and never loads the library.
 */
export type Zod = typeof zod;

/** Who a telemetry event says did it (spec 07 §7.5.6). */
export const ACTORS = ["dispatch", "manager", "operator", "system", "worker", "workerctl"] as const;
export type Actor = (typeof ACTORS)[number];

export const SEVERITIES = ["debug", "info", "warning", "error"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The facts of an event: snake_case names, each with what it means, and never content or a secret (spec 07 §7.7). */
export type AttributesDeclaration = (z: Zod, shared: SharedAttributes) => zod.z.core.$ZodShape;

interface Told {
  /** What has happened, as a clause: "a task was created". */
  tells: string;
  attributes: AttributesDeclaration;
}

interface Rated {
  /** Who did it; a list when only the caller can know. */
  actor: Actor | readonly Actor[];
  /** A list when it depends on how it went. */
  severity: Severity | readonly Severity[];
}

/** An entry of the audit alone (spec 07 §7.8); its actor is `workerctl`, the program. */
export interface AuditDeclaration extends Told {
  kind: "audit";
}

/** A receipt for people alone (spec 07 §7.9). */
export interface TelemetryDeclaration extends Told, Rated {
  kind: "telemetry";
}

/** An entry of the audit, and its telemetry mirror under the same name (spec 07 §7.9.1). */
export interface MirroredDeclaration extends Told, Rated {
  kind: "both";
  /** Who the audit entry says did it, when that is not `workerctl`; `told`: whoever the caller says did it. */
  audit_actor?: Actor | "told";
  /** What the audit entry holds, when that is not what the telemetry event holds. */
  payload?: AttributesDeclaration;
}

/** What the caller says of an event, whichever it is; `EventTold` in the catalogue knows each. */
export interface AnyEventTold {
  attributes: Record<string, unknown>;
  payload?: Record<string, unknown>;
  actor?: Actor;
  severity?: Severity;
  summary?: string;
  correlation?: Record<string, unknown> | undefined;
  task_id?: string | null | undefined;
  run_id?: string | null | undefined;
  session_id?: string | null | undefined;
  worker_id?: string | null | undefined;
  command_id?: string | null | undefined;
  correlation_id?: string | null | undefined;
}

export type EventDeclaration = AuditDeclaration | TelemetryDeclaration | MirroredDeclaration;
