import { accessSync, constants, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Io } from "./io.ts";
import { shellQuoted } from "./print/text.ts";

const NAMES = ["conveyor", "workerctl"] as const;

/** The name shown in help: CONVEYOR_CLI_PROG, else the name of the invoked file, else `conveyor` (spec 01 §4.1). */
export function programName({ env, invoked }: Pick<Io, "env" | "invoked">): (typeof NAMES)[number] {
  const named = NAMES.find((name) => name === env["CONVEYOR_CLI_PROG"]);
  return named ?? (basename(invoked) === "workerctl" ? "workerctl" : "conveyor");
}

/**
 * How commands in output begin: `conveyor` when that is this program, else with the folder of this program put in front
 * of PATH, so that a receiver runs the same one (spec 01 §4.8).
 */
export function commandPrefix({ env, invoked }: Pick<Io, "env" | "invoked">): string {
  if (!NAMES.some((name) => name === basename(invoked))) return "conveyor";
  const folder = dirname(invoked);
  const own = realPath(join(folder, "conveyor"));
  const found = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((entry) => entry !== "")
    .map((entry) => executable(join(entry, "conveyor")))
    .find((file) => file !== undefined);
  if (own === undefined || found === own) return "conveyor";
  return `PATH=${shellQuoted(folder)}:$PATH conveyor`;
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function executable(file: string): string | undefined {
  try {
    accessSync(file, constants.X_OK);
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
