import { existsSync } from "node:fs";
import { resolveLedger } from "@conveyor/sdk/link";
import { helpPage } from "./help.ts";
import type { Io } from "./io.ts";

/** Whether there is a ledger to look at: a server was named, or the file is there. `flags` are those before the command. */
export function isLedgerHere(flags: readonly string[], io: Io): boolean {
  const flagValue = (name: string) => {
    const at = flags.findIndex((flag) => flag === name || flag.startsWith(`${name}=`));
    if (at === -1) return undefined;
    return flags[at]?.includes("=") ? flags[at].slice(name.length + 1) : flags[at + 1];
  };
  if ((flagValue("--server") ?? io.env["CONVEYOR_SERVER"] ?? "") !== "") return true;
  return existsSync(resolveLedger({ path: flagValue("--path"), cwd: io.cwd, env: io.env }).ledger_path);
}

/** What somebody sees who types the program's name alone where nothing was begun yet. Returns the exit code. */
export async function printFirstSteps(program: string, io: Io): Promise<number> {
  const { bold, dim } = helpPage(io).colour;
  const { ledger_path } = resolveLedger({ cwd: io.cwd, env: io.env });
  const rows = [
    [
      `${program} pair --task NAME --task-goal GOAL --worker-name W --manager-name M`,
      "start a worker and a manager for a task",
    ],
    [`${program} register-worker --name NAME --pid PID`, "take in an agent that already runs"],
    [`${program} doctor`, "see whether this machine has what agents need"],
    [`${program} --help`, "list all commands"],
  ] as const;
  await io.stdout.write(
    [
      `Nothing was begun here yet: there is no ledger at ${ledger_path}\n\n`,
      ...rows.map(([command, what]) => `  ${bold(command)}\n      ${dim(what)}\n`),
    ].join(""),
  );
  return 0;
}
