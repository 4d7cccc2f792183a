import { useEffect, useRef, useState } from "react";
import type { InputAt, OutputAt, StreamPath } from "./operations.ts";
import { follow } from "./stream.ts";

export interface Rows<Row> {
  rows: readonly Row[];
  /** Whether the present rows have arrived, so that an empty list really is one. */
  settled: boolean;
}

/** Items that arrive within this time are shown at once, in milliseconds. */
const GATHER_MS = 16;
/** A stream does not say where its present rows end; so long after its start they have come, in milliseconds. */
const SETTLE_MS = 300;

/** The latest state of every row of a stream, in order of first appearance. */
export function useRows<Path extends StreamPath>(
  path: Path,
  input: InputAt<Path>,
  keyOf: (row: OutputAt<Path>) => string,
): Rows<OutputAt<Path>> {
  const [state, setState] = useState<Rows<OutputAt<Path>>>({ rows: [], settled: false });
  const key = JSON.stringify(input);
  const latest = useRef({ input, keyOf });
  latest.current = { input, keyOf };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the input
  useEffect(() => {
    const byKey = new Map<string, OutputAt<Path>>();
    let settled = false;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let settling: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      gathering = undefined;
      setState({ rows: [...byKey.values()], settled });
    };
    const showSoon = () => {
      gathering ??= setTimeout(show, GATHER_MS);
    };
    const stop = follow(path, latest.current.input, {
      onStart() {
        byKey.clear();
        settling ??= setTimeout(() => {
          settled = true;
          showSoon();
        }, SETTLE_MS);
      },
      onItem(item) {
        byKey.set(latest.current.keyOf(item), item);
        showSoon();
      },
    });
    return () => {
      stop();
      clearTimeout(gathering);
      clearTimeout(settling);
    };
  }, [path, key]);

  return state;
}
