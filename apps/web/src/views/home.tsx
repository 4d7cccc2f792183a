import { FleetList } from "../fleet/fleet-list.tsx";
import { FreeSessions } from "../fleet/free-sessions.tsx";
import { useClock } from "../lib/clock.ts";
import { useTitle } from "../lib/use-title.ts";
import { durationText } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import { Loading, PartFailed } from "../parts/nothing.tsx";
import type { Need } from "../queue/needs.ts";
import { Queue } from "../queue/queue.tsx";
import { FirstRun } from "./first-run.tsx";

/** What needs somebody first, then the fleet, then who has no task. */
export function Home() {
  useTitle("Home");
  const { tasks, sessions, settled, needs, overview, problem, ask } = useFleet();
  const known = settled && (overview !== undefined || problem !== null);
  if (!known) return <Loading rows={8} />;
  if (tasks.length === 0 && sessions.length === 0 && needs.length === 0) return <FirstRun />;
  return (
    <div className="home">
      <section aria-labelledby="h-needs">
        <div className="sec-head">
          <h1 id="h-needs">
            {needs.length === 0 ? "Nothing needs you" : `${needs.length} ${needs.length === 1 ? "needs" : "need"} you`}
          </h1>
          <Summary needs={needs} />
          {needs.length > 0 && (
            <span className="end hint" aria-hidden="true">
              <kbd>J</kbd>
              <kbd>K</kbd> move · <kbd>↵</kbd> open
            </span>
          )}
        </div>
        {problem !== null && <PartFailed problem={problem} code={null} onAgain={ask} />}
        <Queue needs={needs} />
      </section>
      <FleetList />
      <FreeSessions />
    </div>
  );
}

/** How many stand still, and for how long. */
function Summary({ needs }: { needs: readonly Need[] }) {
  const still = needs.filter(({ now }) => now);
  const first = still.flatMap(({ since }) => (since === null ? [] : [Date.parse(since)])).toSorted((a, b) => a - b)[0];
  const longest = useClock((now_ms) =>
    first === undefined ? "" : `, the longest for ${durationText(now_ms - first)}`,
  );
  if (needs.length === 0) return null;
  if (still.length === 0) return <p>nobody stands still</p>;
  return (
    <p>
      {still.length} {still.length === 1 ? "stands" : "stand"} still{longest}
    </p>
  );
}
