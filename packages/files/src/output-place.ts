import { accessSync, constants, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder } from "./folders.ts";

/** What stands at a path and is no file that could be replaced. */
const IN_THE_WAY = [
  ["isSymbolicLink", "it is a link"],
  ["isDirectory", "it is a folder"],
] as const;

/**
 * See that a file can be put at this absolute path, before the work begins whose outcome it is to hold; the folders above it
 * are made. A folder, a link and whatever else is no file is left alone. Throws `invalid_input` that names the flag and says
 * what stands in the way.
 */
export function assertOutputPlace(path: string, label: string): void {
  const refuse = (cause: string) => {
    throw new ConveyorError("invalid_input", `${label} ${JSON.stringify(path)} cannot be written: ${cause}`, {
      hint: "name a file in a folder in which you may write",
      details: { kind: "output", flag: label },
    });
  };
  const folder = dirname(path);
  try {
    makeFolder(folder, 0o777);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    refuse((error as Error).message);
  }
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  const what = IN_THE_WAY.find(([is]) => there[is]());
  if (what !== undefined) refuse(what[1]);
  if (!there.isFile()) refuse("it is no file");
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    refuse((error as Error).message);
  }
}
