import type { ConnectionState } from "../live/connection.ts";

const WORDS: Record<ConnectionState["phase"], string> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  signed_out: "Signed out",
};

/** Whether what is shown is what is. */
export function ConnectionBadge({ phase }: Pick<ConnectionState, "phase">) {
  return (
    <span className="badge" data-phase={phase} role="status">
      <span className="badge-dot" aria-hidden="true" />
      {WORDS[phase]}
    </span>
  );
}
