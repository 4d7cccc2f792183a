import { plural } from "@conveyor/contracts/plural";
import { useClock } from "../lib/clock.ts";
import { durationText } from "../lib/words.ts";
import type { Dispatcher, Overview } from "../live/operations.ts";
import { CopyCommand } from "./copy-command.tsx";

const WORDS: Record<Overview["health"]["core_status"], string> = {
  active: "Active",
  stale: "Stale",
  not_observed: "Not observed",
};

interface CoreBannerProps {
  overview: Overview;
  /** Dispatchers as they beat, which is more often than anything else changes. */
  dispatchers: readonly Dispatcher[];
}

/** Whether anybody carries messages, and who. Loud only when nobody does. */
export function CoreBanner({
  overview: { health, dispatchers: known, duplicate_dispatcher_ids },
  dispatchers,
}: CoreBannerProps) {
  const { core_status, heartbeat } = health;
  const beating = dispatchers.find(({ instance_id }) => instance_id === heartbeat?.instance_id);
  const others = known.filter(({ state }) => state === "active").length - 1;
  return (
    <div className="core" data-status={core_status}>
      <p className="core-line" role="status">
        <span className="core-dot" aria-hidden="true" />
        <strong>{WORDS[core_status]}</strong>
        <span className="core-sentence">{health.operator_message}</span>
      </p>
      {heartbeat !== null && (
        <dl className="facts core-facts">
          <div>
            <dt className="unseen">Dispatcher</dt>
            <dd>
              {heartbeat.dispatcher_id}
              {heartbeat.dry_run && <span className="tag">dry run</span>}
            </dd>
          </div>
          <div>
            <dt>heard</dt>
            <dd>
              <Age since={beating?.last_heartbeat_at ?? heartbeat.timestamp} />
            </dd>
          </div>
          <div>
            <dt>iteration</dt>
            <dd>{beating?.iteration ?? heartbeat.iteration}</dd>
          </div>
          <div>
            <dt>carried</dt>
            <dd>{plural(beating?.total_processed ?? heartbeat.total_processed, "item")}</dd>
          </div>
          {others > 0 && core_status === "active" && (
            <div>
              <dt>and</dt>
              <dd>{plural(others, "other dispatcher")}</dd>
            </div>
          )}
        </dl>
      )}
      {duplicate_dispatcher_ids.length > 0 && (
        <p className="core-note">Several processes work as {duplicate_dispatcher_ids.join(", ")}.</p>
      )}
      {core_status !== "active" && <CopyCommand command="conveyor dispatch --watch" />}
    </div>
  );
}

function Age({ since }: { since: string }) {
  const since_ms = Date.parse(since);
  const text = useClock((now_ms) => durationText(now_ms - since_ms));
  return (
    <time dateTime={since} title={new Date(since_ms).toLocaleString()}>
      {text} ago
    </time>
  );
}
