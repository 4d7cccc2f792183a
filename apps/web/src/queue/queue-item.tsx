import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { ActButton } from "../act/act-button.tsx";
import { Age } from "../parts/age.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Icon } from "../parts/icon.tsx";
import type { Detail, Need } from "./needs.ts";

interface QueueItemProps {
  need: Need;
  ofTask: boolean;
  isOpen: boolean;
  onToggle(): void;
}

const AGE_OF: Readonly<Record<Need["age"], string>> = { waits: "waits since", gone: "gone since", since: "since" };

/** One thing that waits: since when, why, and what can be done about it; opened, everything that is known of it. */
export function QueueItem({ need, ofTask, isOpen, onToggle }: QueueItemProps) {
  const { title, why, since, age, tone, icon, offers, details, commands, facts } = need;
  const task = ofTask ? null : need.task;
  const more = useId();
  const first = offers[0] ?? (details.length === 1 ? details[0]?.offer : null) ?? null;
  // What is asked in a terminal is answered there: the task's page shows it, and gives control.
  const isInTerminal = commands.some((command) => command.startsWith("tmux "));
  const hasMore = facts.length + details.length + commands.length + offers.length > 0;
  return (
    <li className="q" data-tone={tone} data-open={isOpen || undefined}>
      <span className="q-icon" data-tone={tone}>
        <Icon name={icon} />
      </span>
      <div className="q-main">
        <div className="q-t">
          <h3>
            <button type="button" data-cursor aria-expanded={isOpen} aria-controls={more} onClick={onToggle}>
              {title}
            </button>
          </h3>
        </div>
        <p className="q-w">
          {task !== null && (
            <>
              <Link to="/tasks/$name" params={{ name: task }}>
                {task}
              </Link>
              {" · "}
            </>
          )}
          {why}
        </p>
      </div>
      <span className="q-age">
        <Age word={age} of={AGE_OF[age]} time={since} />
      </span>
      <div className="q-act">
        {!isOpen && first !== null && <ActButton offer={first} subject={title} />}
        {!isOpen && first === null && hasMore && (
          <button type="button" className="btn small" aria-label={`What to do: ${title}`} onClick={onToggle}>
            What to do
          </button>
        )}
        {!isOpen && first === null && !hasMore && task !== null && (
          <Link className="btn small" to="/tasks/$name" params={{ name: task }} aria-label={`Look at ${task}`}>
            Look
          </Link>
        )}
      </div>
      <div className="q-more" id={more} hidden={!isOpen}>
        {isOpen && (
          <>
            {facts.length > 0 && (
              <ul className="why">
                {facts.map((fact) => (
                  <li key={fact}>{fact}</li>
                ))}
              </ul>
            )}
            {details.length > 0 && (
              <ul className="misses">
                {details.map((detail, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two messages may read the same
                  <DetailRow key={i} detail={detail} />
                ))}
              </ul>
            )}
            {commands.map((command) => (
              <CommandLine key={command} command={command} />
            ))}
            <div className="acts">
              {offers.map((offer) => (
                <ActButton key={offer.verb} offer={offer} subject={title} />
              ))}
              {task !== null && (
                <Link className="btn quiet small" to="/tasks/$name" params={{ name: task }}>
                  {isInTerminal ? "Open its terminal" : "Look at the task"}
                </Link>
              )}
            </div>
          </>
        )}
      </div>
    </li>
  );
}

function DetailRow({ detail: { text, note, offer } }: { detail: Detail }) {
  return (
    <li className="miss">
      <Icon name="messages" />
      <span>
        <b>{text}</b>
        <small>{note}</small>
      </span>
      {offer !== null && <ActButton offer={offer} subject={text} />}
    </li>
  );
}
