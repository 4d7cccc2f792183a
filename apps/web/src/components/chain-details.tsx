import { plural } from "@conveyor/contracts/plural";
import type { ReactNode } from "react";
import { spaced } from "../lib/words.ts";
import type { Chain, ConversationStep, DeliveredItem } from "../live/operations.ts";
import { AnswerChip } from "./chip.tsx";
import { useWords } from "./use-words.tsx";

/** Everything that is known of a chain: what refused it, who works on it, and what happened, step by step. */
export function ChainDetails({ chain }: { chain: Chain }) {
  return (
    <>
      {chain.side_effect_risk && (
        <p className="error">
          A side effect began and nobody knows how it ended. Look at the session before you send this again.
        </p>
      )}
      {chain.blocked_policy !== null && <BlockedPolicy policy={chain.blocked_policy} />}
      {chain.conversation.length > 0 && (
        <ol className="steps" aria-label="What happened">
          {chain.conversation.map((step, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
            <Step key={i} step={step} chain={chain} />
          ))}
        </ol>
      )}
      <Facts facts={factsOf(chain)} />
    </>
  );
}

type Fact = readonly [name: string, value: ReactNode];

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="ids">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(chain: Chain): Fact[] {
  const { attempt_count, max_attempts } = chain;
  const facts: (Fact | false)[] = [
    chain.claim !== null && ["claim", <Claim key="claim" claim={chain.claim} state={chain.command_state} />],
    chain.available_at !== null && ["not before", <Clock key="at" time={chain.available_at} />],
    max_attempts !== null && ["attempts", `${attempt_count} of ${max_attempts}`],
    chain.notification_count > 1 && ["notifications", chain.notification_count],
    chain.manager_decision_id !== null && ["decision", chain.manager_decision_id],
    chain.manager_cycle_id !== null && ["cycle", chain.manager_cycle_id],
    chain.source_event_id !== null && ["source event", chain.source_event_id],
    chain.correlation_id !== null && ["correlation", <code key="id">{chain.correlation_id}</code>],
    chain.command_id !== null && ["command", <code key="id">{chain.command_id}</code>],
  ];
  return facts.filter((fact) => fact !== false);
}

/** Who works on it, or did; how long the claim holds matters only while it does. */
function Claim({ claim, state }: { claim: NonNullable<Chain["claim"]>; state: Chain["command_state"] }) {
  const { claimed_by, claimed_at, claim_expires_at, expired } = claim;
  const isHeld = state === "attempted" || state === "pending";
  return (
    <>
      {claimed_by}
      {claimed_at !== null && (
        <>
          {" "}
          since <Clock time={claimed_at} />
        </>
      )}
      {isHeld && claim_expires_at !== null && (
        <>
          , {expired ? "ran out" : "until"} <Clock time={claim_expires_at} />
        </>
      )}
    </>
  );
}

/** The time of day, and the day when it was another one. */
function Clock({ time }: { time: string }) {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={time} title={date.toLocaleString()}>
      {isToday ? date.toLocaleTimeString() : date.toLocaleString([], { dateStyle: "medium", timeStyle: "medium" })}
    </time>
  );
}

function BlockedPolicy({ policy }: { policy: NonNullable<Chain["blocked_policy"]> }) {
  const { reason, missing_evidence, current_iteration, max_iterations, requested_iteration } = policy;
  return (
    <div className="blocked">
      <strong>{spaced(reason ?? "refused by a policy")}</strong>
      <Facts
        facts={[
          ...(missing_evidence.length === 0 ? [] : [["missing", missing_evidence.map(spaced).join(", ")] as const]),
          ["iteration", `${current_iteration ?? "?"} of ${max_iterations ?? "?"}`],
          ["asked for", requested_iteration ?? "?"],
          ["delivered", policy.delivered ? "yes" : "no"],
          ["worker notified", policy.target_worker_notified ? "yes" : "no"],
          ...(policy.run_id === null ? [] : [["run", <code key="run">{policy.run_id}</code>] as const]),
        ]}
      />
    </div>
  );
}

function Step({ step, chain }: { step: ConversationStep; chain: Chain }) {
  const { kind, label, detail, at, show } = step;
  const item = kind === "routed_notification" ? chain.notifications.find(({ id }) => String(id) === show) : undefined;
  const words = useWords({
    id: show ?? "",
    part: kind === "worker_receipt" ? "last_agent_message" : "message",
    subject: kind === "worker_receipt" ? "what the worker said" : `message ${show}`,
  });
  return (
    <li className="step">
      <div className="step-line">
        {item === undefined ? <span className="step-label">{spaced(label)}</span> : <Item item={item} />}
        {item === undefined && at !== null && (
          <span className="faint">
            <Clock time={at} />
          </span>
        )}
        {show !== null && step.message_byte_count !== undefined && (
          <span className="faint">{plural(step.message_byte_count, "byte")}</span>
        )}
        {show !== null && words.button}
      </div>
      {/* What stopped the whole chain stands above it already. */}
      {item === undefined && detail !== null && detail !== chain.error && <p className="faint">{detail}</p>}
      {show !== null && words.body}
    </li>
  );
}

/** A notification in a line: how it went, to whom, whether it was taken, and what was answered. */
function Item({ item }: { item: DeliveredItem }) {
  const { id, state, delivery_mode, delivered_at, consumed_at, consumed_by_session_name, acknowledgement } = item;
  return (
    <>
      <span>
        Notification #{id} to {item.target_session_name}
      </span>
      <span className="tag">{delivery_mode === "push" ? "push" : "pull"}</span>
      <span className="faint">
        {delivered_at === null ? (
          state
        ) : (
          <>
            delivered <Clock time={delivered_at} />
          </>
        )}
      </span>
      {consumed_at === null ? (
        <span className="faint">not taken yet</span>
      ) : (
        <span className="faint">
          taken <Clock time={consumed_at} /> by {consumed_by_session_name ?? item.target_session_name}
        </span>
      )}
      {acknowledgement !== null && <AnswerChip answer={acknowledgement} />}
      {acknowledgement === null && consumed_at !== null && <span className="faint">no answer yet</span>}
    </>
  );
}
