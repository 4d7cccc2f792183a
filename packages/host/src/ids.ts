import { randomUUID } from "node:crypto";
import { neighbouringUuid } from "@conveyor/contracts/uuid";

/** What an id is of; the id begins with this word (spec 01 §4.6). Areas add their own. */
export type IdPrefix =
  | "task"
  | "session"
  | "session-token"
  | "binding"
  | "run"
  | "command"
  | "telemetry"
  | "worker"
  | "workerctl"
  | "dispatch"
  | (string & {});

/** Where new ids come from. Injected everywhere, so that tests can foresee them. */
export interface Ids {
  /** A new id `<prefix>-<uuid>`, unique everywhere. */
  next(prefix: IdPrefix): string;
}

/** Of these a ledger holds very many. */
const NUMEROUS: ReadonlySet<string> = new Set(["command", "dispatch"]);

/** Random ids (UUID version 4); those of numerous things also say when they were made. */
export function randomIds(): Ids {
  return { next: (prefix) => `${prefix}-${NUMEROUS.has(prefix) ? neighbouringUuid(Date.now()) : randomUUID()}` };
}

/** Foreseeable ids for tests, shaped like real ones: the n-th id of a prefix ends with n in twelve digits. */
export function countingIds(): Ids {
  const counts = new Map<string, number>();
  return {
    next(prefix) {
      const count = (counts.get(prefix) ?? 0) + 1;
      counts.set(prefix, count);
      return `${prefix}-00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
    },
  };
}
