import { ConveyorError } from "@conveyor/contracts/errors";

/** Wrong usage of the command line (spec 01 §4.2); exit code 2. */
export function usageError(message: string, hint?: string, details: Record<string, unknown> = {}): ConveyorError {
  return new ConveyorError("usage", message, { hint, details });
}
