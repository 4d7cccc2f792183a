import { useEffect } from "react";
import { onArrowKeys } from "../lib/arrow-keys.ts";
import type { ChainState, Dispatcher, Overview } from "../live/operations.ts";
import { useRows } from "../live/use-rows.ts";
import { ChainRow } from "./chain-row.tsx";
import { Choice } from "./choice.tsx";
import { CoreBanner } from "./core-banner.tsx";
import { Counts } from "./counts.tsx";
import { Empty } from "./empty.tsx";
import { Panel } from "./panel.tsx";
import { Waiting } from "./waiting.tsx";

/** Which chains are looked at: in which states, and from where on. */
export interface LaneView {
  range: LaneRange;
  /** Where each page so far began; empty on the newest one, which stays at the newest. */
  pages: readonly number[];
}
export type LaneRange = keyof typeof RANGES;

const RANGES = {
  all: [],
  queued: ["pending", "attempted"],
  done: ["succeeded", "delivered"],
  failed: ["failed"],
  blocked: ["blocked"],
} as const satisfies Record<string, readonly ChainState[]>;

export const NEWEST: LaneView = { range: "all", pages: [] };

/** What of the overview has to be asked for to see this. */
export function laneInput({ range, pages }: LaneView): { state: ChainState[]; before?: number } {
  const before = pages.at(-1);
  return { state: [...RANGES[range]], ...(before !== undefined && { before }) };
}

interface DispatchPanelProps {
  overview: Overview | undefined;
  problem: string | null;
  view: LaneView;
  onView(view: LaneView): void;
  /** Something happened that is no event: a dispatcher started, fell silent or stopped. */
  onDispatchers(): void;
}

const keyOf = ({ instance_id }: Dispatcher) => instance_id;

/** Whether messages travel, how many, and the newest of them with everything that they led to. */
export function DispatchPanel({ overview, problem, view, onView, onDispatchers }: DispatchPanelProps) {
  const { rows: dispatchers } = useRows("dispatch.onHeartbeat", {}, keyOf);
  const states = dispatchers.map(({ instance_id, state }) => `${instance_id} ${state}`).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the states are the cue
  useEffect(onDispatchers, [states]);

  return (
    <Panel
      area="dispatch"
      title="Dispatch"
      tools={
        <Choice
          label="Which chains"
          options={Object.keys(RANGES) as LaneRange[]}
          chosen={view.range}
          onChoose={(range) => onView({ range, pages: [] })}
        />
      }
    >
      {overview === undefined && problem === null && <Waiting />}
      {problem !== null && <Empty says={problem} commands={[]} />}
      {overview !== undefined && problem === null && (
        <>
          <CoreBanner overview={overview} dispatchers={dispatchers} />
          <Counts overview={overview} />
          <Lane overview={overview} view={view} onView={onView} />
        </>
      )}
    </Panel>
  );
}

type LaneProps = Pick<DispatchPanelProps, "view" | "onView"> & { overview: Overview };

function Lane({ overview: { chains, older, task }, view, onView }: LaneProps) {
  const { range, pages } = view;
  return (
    <>
      {chains.length > 0 && (
        <ul className="rows lane" aria-label="Chains" onKeyDown={onArrowKeys}>
          {chains.map((chain) => (
            <ChainRow key={chain.key} chain={chain} names={task === null ? "task" : "nothing"} />
          ))}
        </ul>
      )}
      {chains.length === 0 && (
        <Empty
          says={
            range === "all" && pages.length === 0
              ? "No command yet. Messages between agents appear here."
              : `Nothing ${range === "all" ? "more" : range} here.`
          }
          commands={[]}
        />
      )}
      {(older !== null || pages.length > 0) && (
        <nav className="pages" aria-label="Pages of chains">
          <button
            type="button"
            className="quiet"
            disabled={pages.length === 0}
            onClick={() => onView({ range, pages: pages.slice(0, -1) })}
          >
            Newer
          </button>
          <button
            type="button"
            className="quiet"
            disabled={older === null}
            onClick={() => older !== null && onView({ range, pages: [...pages, older] })}
          >
            Older
          </button>
        </nav>
      )}
    </>
  );
}
