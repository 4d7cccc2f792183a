import { useTitle } from "../lib/use-title.ts";
import { useFleet } from "../live/fleet.tsx";
import { Loading, Nothing } from "../parts/nothing.tsx";
import { TerminalPane } from "../terminal/terminal-pane.tsx";

/** The terminals of all sessions on one wall; each shows its screen when it is asked to. */
export function Terminals() {
  useTitle("Terminals");
  const { sessions, settled } = useFleet();
  const shown = sessions
    .filter(({ communication }) => communication.tmux_session !== null)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <div className="view">
      <div className="sec-head">
        <h1>Terminals</h1>
        <p>screens are hidden until you show them, and read-only until you take control</p>
      </div>
      {!settled && <Loading rows={6} />}
      {settled && shown.length === 0 && (
        <section className="panel">
          <Nothing commands={["conveyor sessions"]}>No session runs in a terminal of tmux.</Nothing>
        </section>
      )}
      <div className="wall">
        {shown.map((session) => (
          <TerminalPane key={session.id} session={session} />
        ))}
      </div>
    </div>
  );
}
