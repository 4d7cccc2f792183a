import { useCallback, useEffect, useRef, useState } from "react";
import { connection } from "./connection.ts";
import type { InputAt, OutputAt, QueryPath } from "./operations.ts";
import { codeOf, problemOf } from "./problem.ts";

/** Cues within this time are answered by one request, in milliseconds. */
const GATHER_MS = 40;

export interface Asked<Answer> {
  /** Undefined until the first answer; a failed request keeps the last one. */
  answer: Answer | undefined;
  /** Why there is no newer answer; null while all is well, and while only the connection is lost. */
  problem: string | null;
  /** Its code, such as `not_found`; null without a problem. */
  code: string | null;
  /** Ask again soon. */
  ask(): void;
}

/**
 * The answer of a query, asked again when told to, and when the page is seen again. One request at a time, and
 * between two at least as long a rest as the last one took. Other input is asked for at once; until it is answered the
 * old answer stays.
 */
export function useAnswer<Path extends QueryPath>(path: Path, input: InputAt<Path>): Asked<OutputAt<Path>> {
  const [answer, setAnswer] = useState<OutputAt<Path>>();
  const [refusal, setRefusal] = useState<{ key: string; problem: string; code: string } | null>(null);
  const key = JSON.stringify(input);
  const later = useRef(() => {});

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the input
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    let isWanted = false;

    const run = async () => {
      timer = undefined;
      isAsking = true;
      isWanted = false;
      const begun = performance.now();
      try {
        const next = await connection.client.query(path, input, { signal: controller.signal });
        // In a batch with others it may be answered although nobody waits for it any more.
        if (controller.signal.aborted) return;
        setAnswer(next as OutputAt<Path>);
        setRefusal(null);
      } catch (thrown) {
        // A lost connection shows itself elsewhere, and its return is a cue.
        if (controller.signal.aborted) return;
        const problem = problemOf(thrown);
        setRefusal(problem === null ? null : { key, problem, code: codeOf(thrown) });
      }
      isAsking = false;
      if (isWanted) soon(Math.max(GATHER_MS, performance.now() - begun));
    };
    const soon = (wait_ms: number) => {
      isWanted = true;
      if (isAsking || controller.signal.aborted) return;
      timer ??= setTimeout(() => void run(), wait_ms);
    };
    const onSeen = () => {
      if (document.visibilityState === "visible" && connection.state().phase === "live") soon(0);
    };

    later.current = () => soon(GATHER_MS);
    void run();
    document.addEventListener("visibilitychange", onSeen);
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onSeen);
    };
  }, [path, key]);

  const ask = useCallback(() => later.current(), []);
  // What was said of other input says nothing of this one.
  const current = refusal?.key === key ? refusal : null;
  return { answer, problem: current?.problem ?? null, code: current?.code ?? null, ask };
}
