import { basename } from "node:path";
import type { Io } from "./io.ts";

const NAMES = ["conveyor", "workerctl"] as const;

/** The name shown in help: CONVEYOR_CLI_PROG, else the name of the invoked file, else `conveyor` (spec 01 §4.1). */
export function programName({ env, invoked }: Pick<Io, "env" | "invoked">): (typeof NAMES)[number] {
  const named = NAMES.find((name) => name === env["CONVEYOR_CLI_PROG"]);
  return named ?? (basename(invoked) === "workerctl" ? "workerctl" : "conveyor");
}
