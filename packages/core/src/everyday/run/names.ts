import type { Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { commandLine, slot } from "../../shared/command-line.ts";
import { findOpenTask } from "../../shared/find-task.ts";
import { assertNameFree } from "../../startup/preflight.ts";

/** What a run's task and sessions are called. */
export interface RunNames {
  task: string;
  worker: string;
  /** The inbox of the person who gave the work. */
  you: string;
}

const WORDS = 4;
const LONGEST = 32;
/** How many runs of one prompt may be open at once. */
const MOST_ALIKE = 99;

const namesOf = (task: string): RunNames => ({ task, worker: `${task}-worker`, you: `${task}-you` });

/** A name of the first words of a prompt, as a person would shorten it. Pure. */
export function nameFromPrompt(prompt: string): string {
  const words = prompt.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words.slice(0, WORDS).join("-").slice(0, LONGEST).replace(/-+$/, "");
  return name === "" ? "run" : name;
}

/** The names that were asked for, or the first that are free. Throws `conflict` when there are too many runs alike. */
export async function chooseName(
  tx: ReadTx,
  { name, prompt }: Pick<Input<"everyday.run">, "name" | "prompt">,
): Promise<RunNames> {
  if (name !== undefined) return namesOf(name);
  const base = nameFromPrompt(prompt);
  const tasks = await tx.db.tasks.findMany({ where: { name: { startsWith: base } }, select: { name: true } });
  const sessions = await tx.db.sessions.findMany({ where: { name: { startsWith: base } }, select: { name: true } });
  const taken = new Set([...tasks, ...sessions].map((row) => row.name));
  for (let number = 1; number <= MOST_ALIKE; number++) {
    const names = namesOf(number === 1 ? base : `${base}-${number}`);
    if (Object.values(names).every((one: string) => !taken.has(one))) return names;
  }
  throw new ConveyorError("conflict", `${MOST_ALIKE} runs are called ${base} already`, {
    hint: "choose a name with --name",
    details: { kind: "task", name: base },
  });
}

/** Throws `conflict` when an open task or an active session has one of these names. */
export async function assertNamesFree(ctx: Ctx, tx: ReadTx, { task, worker, you }: RunNames): Promise<void> {
  const open = findOpenTask(tx, task);
  if (open !== null) {
    throw new ConveyorError("conflict", `an open task is already called ${JSON.stringify(task)} (${open.id})`, {
      hint: `choose another --name, or write to that task's worker: ${commandLine(ctx.settings, ["send", task, slot("text")])}`,
      details: { kind: "task", id: open.id, name: task },
    });
  }
  await assertNameFree(ctx, tx, { name: worker, role: "worker" });
  await assertNameFree(ctx, tx, { name: you, role: "manager" });
}
