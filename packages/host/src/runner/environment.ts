import type { Env } from "@conveyor/contracts/env";
import { environmentFor, isVariableName } from "../environment.ts";

/** What a program that is run on somebody's behalf is given of our environment without being asked (spec 09 §9.3). */
const GIVEN = ["PATH", "HOME", "LANG"] as const;

export interface RunEnvironment {
  /** Names of variables of ours that are handed on too. */
  pass?: readonly string[] | undefined;
  /** Variables with their values; they win. */
  set?: Readonly<Record<string, string>> | undefined;
  /** Leave `HOME` out, as for a reviewer, who is to find nothing at home (spec 04 §4.12). */
  without_home?: boolean | undefined;
  /** The folder for temporary files. */
  tmpdir: string;
}

/**
 * The whole environment of a check or reviewer: a few variables of ours, those that were named, those that were set, and no
 * terminal. What no child of ours may have (spec 01 §5.3 step 3) cannot be asked for by name either. Pure.
 */
export function runEnvironment(ours: Env, wanted: RunEnvironment): Record<string, string> {
  const { pass = [], set = {}, without_home = false, tmpdir } = wanted;
  const mayHave = environmentFor(ours, "agent");
  const given = GIVEN.filter((name) => name !== "HOME" || !without_home);
  const names = [...given, ...pass].filter(isVariableName);
  const handed = names.flatMap((name) => {
    const value = mayHave[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(handed), TMPDIR: tmpdir, TERM: "dumb", ...set };
}
