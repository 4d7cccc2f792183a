import { useEffect, useRef, useState } from "react";
import { connection } from "./connection.ts";
import type { Input, Output, QueryPath } from "./operations.ts";

/** Asked again at least this often while the page is seen, in milliseconds (spec 06 §6.6.3). */
const BEAT_MS = 2000;

/**
 * The answer of a query, kept fresh: asked again whenever `cue` changes and at a slow beat while the page is seen. One
 * request at a time. Undefined until the first answer; a failed request keeps the last one.
 */
export function useAnswer<Path extends QueryPath>(
  path: Path,
  input: Input<Path>,
  cue: unknown,
): Output<Path> | undefined {
  const [answer, setAnswer] = useState<Output<Path>>();
  const key = JSON.stringify(input);
  const ask = useRef(() => {});

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the input
  useEffect(() => {
    const controller = new AbortController();
    let asking = false;
    let askedMeanwhile = false;
    const run = async () => {
      askedMeanwhile = asking;
      if (asking) return;
      asking = true;
      try {
        const fresh = (await connection.client.query(path, input, { signal: controller.signal })) as Output<Path>;
        setAnswer((known) => (JSON.stringify(known) === JSON.stringify(fresh) ? known : fresh));
      } catch {
        // The connection shows its own state, and the beat asks again.
      } finally {
        asking = false;
        if (askedMeanwhile && !controller.signal.aborted) void run();
      }
    };
    ask.current = () => void run();
    const onBeat = () => {
      if (document.visibilityState === "visible" && connection.state().phase === "live") void run();
    };
    const beat = setInterval(onBeat, BEAT_MS);
    document.addEventListener("visibilitychange", onBeat);
    return () => {
      controller.abort();
      clearInterval(beat);
      document.removeEventListener("visibilitychange", onBeat);
    };
  }, [path, key]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the cue is what asks again
  useEffect(() => ask.current(), [cue, path, key]);

  return answer;
}
