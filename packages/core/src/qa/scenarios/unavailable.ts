import { ConveyorError } from "@conveyor/contracts/errors";
import type { Scenario } from "./scenario.ts";

/** A scenario about something that this version does not have: it is never played, and so never passed. */
export function unavailable(about: string, missing: string): Scenario {
  const refuse = async (): Promise<never> => {
    throw new ConveyorError("precondition_failed", `this version has no ${missing}, so nothing can be proven of them`, {
      hint: "play another scenario; `conveyor qa-run --list` names all",
    });
  };
  return { about, preflight: refuse, play: refuse };
}
