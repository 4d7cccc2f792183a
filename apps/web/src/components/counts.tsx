import { counted } from "../lib/words.ts";
import type { Overview } from "../live/operations.ts";
import type { Tone } from "./chip.tsx";

interface Count {
  label: string;
  /** What it says to a person who does not know the word. */
  about: string;
  /** What it means that there are some. */
  tone: Tone;
  of(overview: Overview): number;
}

const COUNTS: readonly Count[] = [
  {
    label: "Queued",
    about: "commands that wait or are being delivered",
    tone: "busy",
    of: (o) => o.health.queued_count,
  },
  {
    label: "Failed",
    about: "commands that ended without success",
    tone: "bad",
    of: (o) => o.health.failed_count - o.health.refused_count,
  },
  {
    label: "Refused",
    about: "commands that a gate refused; nothing broke",
    tone: "warn",
    of: (o) => o.health.refused_count,
  },
  { label: "Blocked", about: "commands that a policy refused", tone: "warn", of: (o) => o.health.blocked_count },
  {
    label: "Stale claims",
    about: "claimed commands whose lease has run out",
    tone: "warn",
    of: (o) => o.health.stale_claim_count,
  },
  {
    label: "Risk",
    about: "side effects that began and whose end nobody knows",
    tone: "bad",
    of: (o) => o.health.side_effect_risk_count,
  },
  {
    label: "Suppressed",
    about: "duplicates that were not sent",
    tone: "warn",
    of: (o) => o.health.suppressed_signal_count,
  },
  { label: "Inbox", about: "messages waiting to be taken", tone: "warn", of: (o) => o.inbox.pending_count },
  {
    label: "Pull inbox",
    about: "of these, messages that wait until their session asks",
    tone: "warn",
    of: (o) => o.inbox.pull_required_pending_count,
  },
  { label: "Consumed", about: "messages that were taken", tone: "good", of: (o) => o.inbox.consumed_count },
  {
    label: "Unanswered",
    about: "of the last messages, those that were taken and not acknowledged since",
    tone: "neutral",
    of: (o) => o.latency.unanswered_count,
  },
];

/** How many there are of everything that one should know the number of. */
export function Counts({ overview }: { overview: Overview }) {
  return (
    <ul className="counts" aria-label="Counts">
      {COUNTS.map(({ label, about, tone, of }) => {
        const count = of(overview);
        return (
          <li key={label} className="count" data-tone={count > 0 ? tone : "neutral"} title={about}>
            <b>{counted(count, overview.count_limit)}</b> {label}
          </li>
        );
      })}
    </ul>
  );
}
