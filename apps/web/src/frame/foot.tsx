import { plural } from "@conveyor/contracts/plural";
import { useFleet } from "../live/fleet.tsx";
import { useConnection } from "../live/use-connection.ts";
import { Age } from "../parts/age.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";

const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

/** The plumbing in a line: it is well, or it stands in the queue. */
export function Foot({ onKeys }: { onKeys(): void }) {
  const { server } = useConnection();
  return (
    <footer className="foot">
      <DispatchLine />
      <span className="foot-end">
        {server !== null && (
          <span className="foot-i" title={server.ledger_path}>
            <Icon name="folder" />
            <span className="vh">Ledger </span>
            <span className="cut">{server.ledger_path}</span>
          </span>
        )}
        <span className="foot-i">
          <Icon name={LOCAL.includes(location.hostname) ? "lock" : "warn"} />
          <span>{LOCAL.includes(location.hostname) ? "This machine only" : `Reached as ${location.hostname}`}</span>
        </span>
        <button type="button" className="foot-i" aria-haspopup="dialog" aria-label="Keys" onClick={onKeys}>
          <kbd>?</kbd>
          <span>keys</span>
        </button>
      </span>
    </footer>
  );
}

function DispatchLine() {
  const { phase, since } = useConnection();
  const { overview, dispatchers } = useFleet();
  if (phase !== "live") {
    return (
      <span className="foot-i">
        <Glyph name="lost" tone="mute" />
        <span>
          Dispatch <b>not known</b> since {new Date(since).toLocaleTimeString()}
        </span>
      </span>
    );
  }
  if (overview === undefined) return <span className="foot-i" />;
  const { core_status, heartbeat } = overview.health;
  if (core_status !== "active" || heartbeat === null) {
    return (
      <span className="foot-i">
        <Glyph name={core_status === "stale" ? "stale" : "idle"} tone={core_status === "stale" ? "warn" : "mute"} />
        <span>{core_status === "stale" ? "Dispatch is silent" : "Dispatch does not run"}</span>
      </span>
    );
  }
  const beating = dispatchers.find(({ instance_id }) => instance_id === heartbeat.instance_id);
  return (
    <span className="foot-i">
      <Glyph name="working" tone="busy" />
      <span>
        Dispatch runs
        <span className="wide">
          {" · "}
          <Age word="heard" of="last heard" time={beating?.last_heartbeat_at ?? heartbeat.timestamp} after="ago" /> ·{" "}
          {plural(beating?.total_processed ?? heartbeat.total_processed, "message")} carried
        </span>
      </span>
    </span>
  );
}
