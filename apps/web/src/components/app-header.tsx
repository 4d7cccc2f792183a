import type { ConnectionState } from "../live/connection.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { Mark } from "./mark.tsx";

/** Name, ledger and connection. */
export function AppHeader({ phase, server }: ConnectionState) {
  return (
    <header className="app-head">
      <h1>
        <Mark />
        Conveyor
      </h1>
      {server !== null && (
        <p className="ledger" title={server.ledger_path}>
          <span className="unseen">Ledger </span>
          {/* The end of a path tells more than its beginning, so that is what is cut. */}
          <bdo dir="ltr">{server.ledger_path}</bdo>
        </p>
      )}
      <ConnectionBadge phase={phase} />
    </header>
  );
}
