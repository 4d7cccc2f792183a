import type { Transitions } from "@conveyor/contracts/campaigns/words";
import { ConveyorError } from "@conveyor/contracts/errors";

/** A wish to let something stand otherwise. */
export interface Move<Status extends string> {
  /** What it is, for the message: `assignment "clip 1"`. */
  what: string;
  from: Status;
  to: Status;
  /** The words that say why, as they were given. */
  reason: string | undefined;
  /** The flag that they are given with. */
  reason_flag: string;
  reopen: boolean;
}

/**
 * Whether one status may follow another by the table. Pure. Throws `precondition_failed` when it may not, and
 * `invalid_input` when it needs a reason or has to be asked for.
 */
export function assertMayFollow<Status extends string>(table: Transitions<Status>, move: Move<Status>): void {
  const { what, from, to, reason, reason_flag, reopen } = move;
  const rule = table[from][to];
  const details = { from, to, allowed: Object.keys(table[from]) };
  if (rule === undefined) {
    const allowed =
      details.allowed.length === 0 ? "nothing follows that" : `it may become ${details.allowed.join(", ")}`;
    throw new ConveyorError("precondition_failed", `${what} is ${from} and cannot become ${to}`, {
      hint: allowed,
      details,
    });
  }
  if (rule === "reopen" && !reopen) {
    throw new ConveyorError("invalid_input", `${what} is ${from}: that it becomes ${to} begins it again`, {
      hint: `if that is meant, say --reopen and why with ${reason_flag}`,
      details: { ...details, field: "reopen" },
    });
  }
  if (rule !== "free" && reason === undefined) {
    throw new ConveyorError("invalid_input", `${what}: from ${from} to ${to} needs words that say why`, {
      hint: `add ${reason_flag} "…"`,
      details: { ...details, field: reason_flag.replace(/^--/, "") },
    });
  }
}
