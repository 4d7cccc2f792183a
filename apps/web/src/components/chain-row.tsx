import { useId, useState } from "react";
import { spaced } from "../lib/words.ts";
import type { Chain } from "../live/operations.ts";
import { ChainDetails } from "./chain-details.tsx";
import { AnswerChip, StateChip } from "./chip.tsx";
import { RelativeTime } from "./relative-time.tsx";

interface ChainRowProps {
  chain: Chain;
  /** Whether the row says to which task it belongs. */
  names: "task" | "nothing";
}

/** One message on its way: what it is, how far it got, and what stood in its way; opened, everything it led to. */
export function ChainRow({ chain, names }: ChainRowProps) {
  const [open, setOpen] = useState(false);
  const details = useId();
  return (
    <li className="row lane-item" data-open={open}>
      <button
        type="button"
        className="row-button lane-row"
        aria-expanded={open}
        aria-controls={details}
        onClick={() => setOpen(!open)}
      >
        <StateChip key={chain.command_state} state={chain.refused ? "refused" : chain.command_state} />
        <span className="signal">{spaced(chain.command_type)}</span>
        {names === "task" && (
          <span className="lane-task">{chain.task_name ?? <span className="faint">no task</span>}</span>
        )}
        <span className="lane-detail">
          <Whereabouts chain={chain} />
        </span>
        <RelativeTime of="queued" time={chain.time} />
      </button>
      <div id={details} className="lane-details" hidden={!open}>
        {open && <ChainDetails chain={chain} />}
      </div>
    </li>
  );
}

/** The one thing that one wants to know of it now. */
function Whereabouts({ chain }: { chain: Chain }) {
  const { command_state, claim, error, blocked_policy, notifications, side_effect_risk, attempt_count, max_attempts } =
    chain;
  const item = notifications.at(-1);
  return (
    <>
      {side_effect_risk && (
        <span className="chip" data-tone="bad" title="a side effect began and nobody knows how it ended">
          risk
        </span>
      )}
      {item !== undefined && (
        <span>
          <span aria-hidden="true">→ </span>
          <span className="unseen">to </span>
          {item.target_session_name}
        </span>
      )}
      {item?.acknowledgement && <AnswerChip answer={item.acknowledgement} />}
      {item?.state === "delivered" && item.acknowledgement === null && (
        <span className="faint">{item.consumed_at === null ? "waits to be taken" : "taken"}</span>
      )}
      {command_state === "pending" && item === undefined && <span className="faint">waits for Dispatch</span>}
      {command_state === "attempted" && claim !== null && <span>by {claim.claimed_by}</span>}
      {claim?.expired && (
        <span className="chip" data-tone="warn">
          lease ran out
        </span>
      )}
      {attempt_count > 1 && (
        <span className="faint">
          attempt {attempt_count} of {max_attempts}
        </span>
      )}
      {blocked_policy !== null && (
        <span className="refusal">{spaced(blocked_policy.reason ?? "refused by a policy")}</span>
      )}
      {error !== null && blocked_policy === null && (
        <span className={chain.refused ? "refusal" : "error"}>{error}</span>
      )}
    </>
  );
}
