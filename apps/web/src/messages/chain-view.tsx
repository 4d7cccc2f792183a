import { plural } from "@conveyor/contracts/plural";
import { Link } from "@tanstack/react-router";
import { ActButton } from "../act/act-button.tsx";
import type { Offer } from "../act/acts.ts";
import { messageWord, sentence, spaced } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import type { Chain, ConversationStep } from "../live/operations.ts";
import { AgeClock } from "../parts/age.tsx";
import { Glyph, type GlyphName } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";
import { useWords } from "../parts/use-words.tsx";
import { giveBack } from "../queue/needs.ts";
import { isDeliveredItem } from "./track.ts";
import { TrackSteps } from "./track-view.tsx";

/** Everything that is known of a message: how far it came, what stopped it, what happened, and what can be done now. */
export function ChainView({ chain, onClose }: { chain: Chain; onClose(): void }) {
  const { command_type, notifications, task_name } = chain;
  const item = notifications.at(-1);
  return (
    <section id="chain" className="panel" aria-label="Message">
      <div className="chain-head">
        <div className="row chain-top">
          <div className="grow">
            <h2>
              {messageWord(command_type)} {item !== undefined && `#${item.id}`}
            </h2>
            <p className="soft">
              {item !== undefined && `${item.source_session_name} to ${item.target_session_name} · `}
              {task_name !== null && (
                <Link className="lnk" to="/tasks/$name" params={{ name: task_name }}>
                  {task_name}
                </Link>
              )}
            </p>
          </div>
          <button type="button" className="ibtn" aria-label="Close the message" onClick={onClose}>
            <Icon name="x" />
          </button>
        </div>
        {isDeliveredItem(chain) && <TrackSteps chain={chain} />}
        {chain.side_effect_risk && (
          <p className="note" data-tone="bad">
            <Glyph name="refused" tone="bad" />
            <span>Sending began and nobody knows how it ended. Look at the terminal before you send it again.</span>
          </p>
        )}
        {chain.blocked_policy !== null && <Held policy={chain.blocked_policy} />}
        {chain.blocked_policy === null && chain.error !== null && <p className="why-not">{chain.error}</p>}
        <Offers chain={chain} />
      </div>
      {chain.conversation.length > 0 && (
        <ol className="chain" aria-label="What happened">
          {chain.conversation.map((step, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
            <Step key={i} step={step} />
          ))}
        </ol>
      )}
      <div className="chain-foot ids">
        {idsOf(chain).map(([name, value]) => (
          <span key={name} className="id">
            {name} <code>{value}</code>
          </span>
        ))}
      </div>
    </section>
  );
}

/** What can be done about a message as it stands. */
function Offers({ chain }: { chain: Chain }) {
  const { sessions } = useFleet();
  const item = chain.notifications.at(-1);
  const role = sessions.find(({ id }) => id === item?.target_session_id)?.role;
  const isTaken = item !== undefined && item.consumed_at !== null && item.acknowledgement?.status !== "accepted";
  const offers: Offer[] = [
    ...(chain.command_id === null ? [] : offersOf(chain, chain.command_id)),
    ...(isTaken && role !== undefined ? [giveBack(item, role)] : []),
  ];
  if (offers.length === 0) return null;
  return (
    <div className="acts">
      {offers.map((offer) => (
        <ActButton key={offer.verb} offer={offer} />
      ))}
    </div>
  );
}

function offersOf(chain: Chain, command: string): Offer[] {
  const { command_state, side_effect_risk } = chain;
  if (!isDeliveredItem(chain)) return [];
  if (command_state === "pending") {
    const act = { path: "dispatch.cancelCommand", input: { command } } as const;
    return [{ verb: "Take back", act, done: "Taken back before anybody got it" }];
  }
  if (command_state !== "failed" && command_state !== "blocked") return [];
  if (!side_effect_risk) {
    return [{ verb: "Retry", act: { path: "dispatch.retryCommand", input: { command } }, done: "Queued anew" }];
  }
  const consequences = ["The terminal may have got this message already.", "If it did, the agent gets it twice."];
  return [
    {
      verb: "Retry all the same",
      act: { path: "dispatch.retryCommand", input: { command, force: true } },
      done: "Queued anew",
      consent: { title: "Send it although it may have arrived?", consequences },
    },
  ];
}

function Held({ policy }: { policy: NonNullable<Chain["blocked_policy"]> }) {
  const { reason, missing_evidence, current_iteration, max_iterations, requested_iteration, target_worker_notified } =
    policy;
  return (
    <div className="note" data-tone="warn">
      <Glyph name="held" tone="warn" />
      <div>
        <p>
          <b>{sentence(reason ?? "held by a gate")}</b>
        </p>
        {missing_evidence.length > 0 && <p>Missing: {missing_evidence.map(spaced).join(", ")}</p>}
        <p>
          Round {current_iteration ?? "?"} of {max_iterations ?? "?"}; asked for {requested_iteration ?? "?"}. The
          worker was {target_worker_notified ? "told" : "not told"}.
        </p>
      </div>
    </div>
  );
}

const STEP_GLYPHS: Readonly<Record<ConversationStep["kind"], GlyphName>> = {
  manager_decision: "dot",
  queued_command: "dot",
  dispatch_attempt: "dot",
  routed_notification: "done",
  worker_receipt: "claimed",
  manager_cycle: "dot",
};

function Step({ step }: { step: ConversationStep }) {
  const { kind, label, detail, at, show, message_byte_count } = step;
  const receipt = kind === "worker_receipt";
  const words = useWords({
    id: show ?? "",
    part: receipt ? "last_agent_message" : "message",
    subject: receipt ? "what the worker said" : `message ${show}`,
  });
  return (
    <li className="st">
      <Glyph name={STEP_GLYPHS[kind]} tone={kind === "routed_notification" ? "good" : "mute"} />
      <div className="st-t">
        <b>{sentence(label)}</b>
        {detail !== null && <p>{spaced(detail)}</p>}
        {show !== null && (
          <p className="st-words">
            {words.button}
            {message_byte_count !== undefined && <span className="faint"> {plural(message_byte_count, "byte")}</span>}
          </p>
        )}
        {show !== null && words.body}
      </div>
      <span className="st-d">{at !== null && <AgeClock time={at} />}</span>
    </li>
  );
}

function idsOf(chain: Chain): [string, string | number][] {
  const { attempt_count, max_attempts } = chain;
  const ids: [string, string | number | null][] = [
    ["command", chain.command_id],
    ["correlation", chain.correlation_id],
    ["decision", chain.manager_decision_id],
    ["cycle", chain.manager_cycle_id],
    ["event", chain.source_event_id],
    ["attempts", max_attempts === null ? null : `${attempt_count} of ${max_attempts}`],
    ["claimed by", chain.claim?.claimed_by ?? null],
  ];
  return ids.filter((entry): entry is [string, string | number] => entry[1] !== null);
}
