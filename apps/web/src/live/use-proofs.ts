import { useEffect, useRef, useState } from "react";
import { connection } from "./connection.ts";
import type { Criterion, Happening, OutputAt } from "./operations.ts";
import { useHappenings } from "./use-happenings.ts";

/** Criteria of so many tasks are asked for; the lists show no bar for the others. */
const MOST_TASKS = 60;
/** Cues within this time are answered by one request, in milliseconds. */
const GATHER_MS = 40;

export type Proofs = ReadonlyMap<string, readonly Criterion[]>;

/** The criteria of tasks by the id of their task: asked for once, and again of a task when its criteria change. */
export function useProofs(taskIds: readonly string[]): Proofs {
  const [proofs, setProofs] = useState<Proofs>(new Map());
  const wanted = useRef(new Set<string>());
  const known = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ids = taskIds.slice(0, MOST_TASKS);
  const shown = useRef(ids);
  shown.current = ids;

  const ask = async () => {
    timer.current = undefined;
    const asked = [...wanted.current];
    wanted.current.clear();
    const answers = await Promise.allSettled(
      asked.map((task) => connection.client.query("criteria.list", { task }) as Promise<OutputAt<"criteria.list">>),
    );
    setProofs((before) => {
      const after = new Map(before);
      answers.forEach((answer, i) => {
        if (answer.status === "fulfilled") after.set(asked[i] as string, answer.value.criteria);
      });
      return after;
    });
  };
  const want = (tasks: readonly string[]) => {
    for (const task of tasks) {
      wanted.current.add(task);
      known.current.add(task);
    }
    if (wanted.current.size > 0) timer.current ??= setTimeout(() => void ask(), GATHER_MS);
  };

  const key = ids.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the tasks
  useEffect(() => want(ids.filter((id) => !known.current.has(id))), [key]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useHappenings((happening: Happening | null) => {
    if (happening === null) want(shown.current);
    else if (happening.event_type.startsWith("acceptance_criterion") && happening.task_id !== null) {
      if (shown.current.includes(happening.task_id)) want([happening.task_id]);
    }
  });
  return proofs;
}
