import { plural } from "@conveyor/contracts/plural";
import { OperationButton } from "../forms/operation-button.tsx";
import type { Tone } from "../lib/tone.ts";
import { useFleet } from "../live/fleet.tsx";
import type { Overview } from "../live/operations.ts";
import { useConnection } from "../live/use-connection.ts";
import { Age } from "../parts/age.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Glyph, type GlyphName } from "../parts/glyph.tsx";

const LOOKS: Readonly<Record<Overview["health"]["core_status"], { word: string; glyph: GlyphName; tone: Tone }>> = {
  active: { word: "Dispatch runs.", glyph: "working", tone: "busy" },
  stale: { word: "Dispatch is silent.", glyph: "stale", tone: "warn" },
  not_observed: { word: "Dispatch does not run.", glyph: "idle", tone: "mute" },
};

/** Whether anybody carries messages, who, and how fast. */
export function CoreBar({ overview }: { overview: Overview }) {
  const { phase, since } = useConnection();
  const { dispatchers } = useFleet();
  const { core_status, heartbeat, operator_message } = overview.health;
  const { word, glyph, tone } = LOOKS[core_status];
  const beating = dispatchers.find(({ instance_id }) => instance_id === heartbeat?.instance_id);
  const { p50_ms } = overview.latency.enqueue_to_deliver;

  if (phase !== "live") {
    return (
      <div className="panel core" role="status">
        <Glyph name="lost" tone="mute" />
        <p>
          <b>Dispatch is not known</b> since {new Date(since).toLocaleTimeString()}.
        </p>
      </div>
    );
  }
  return (
    <section className="panel core" aria-label="Dispatch">
      <Glyph name={glyph} tone={tone} />
      <p role="status">
        <b>{word}</b> {operator_message}
      </p>
      {heartbeat !== null && core_status === "active" && (
        <dl>
          <div>
            <dt>heard</dt>
            <dd>
              <Age of="last heard" time={beating?.last_heartbeat_at ?? heartbeat.timestamp} after="ago" />
            </dd>
          </div>
          {p50_ms !== null && (
            <div>
              <dt>half arrive within</dt>
              <dd>{p50_ms < 1000 ? `${p50_ms} ms` : `${Math.round(p50_ms / 1000)} s`}</dd>
            </div>
          )}
          <div>
            <dt>carried</dt>
            <dd>{plural(beating?.total_processed ?? heartbeat.total_processed, "message")}</dd>
          </div>
          <div>
            <dt>id</dt>
            <dd>{heartbeat.dispatcher_id}</dd>
          </div>
        </dl>
      )}
      {core_status !== "active" && (
        <div className="core-more">
          <CommandLine command="conveyor dispatch --watch" />
          <OperationButton path="dispatch.run" verb="Deliver once…" />
        </div>
      )}
      {overview.duplicate_dispatcher_ids.length > 0 && (
        <p className="core-more">Several processes work as {overview.duplicate_dispatcher_ids.join(", ")}.</p>
      )}
    </section>
  );
}
