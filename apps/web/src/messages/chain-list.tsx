import { Link } from "@tanstack/react-router";
import { messageWord } from "../lib/words.ts";
import type { Chain } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { Icon } from "../parts/icon.tsx";
import { TrackDots } from "./track-view.tsx";

interface ChainListProps {
  chains: readonly Chain[];
  /** The chain that is open. */
  open: string | null;
  label: string;
  onOpen(key: string | null): void;
}

/** Messages, the newest first: what, from whom to whom, and how far it has come. */
export function ChainList({ chains, open, label, onOpen }: ChainListProps) {
  return (
    <ul aria-label={label}>
      {chains.map((chain) => {
        const { key, command_type, notifications, task_name, time } = chain;
        const item = notifications.at(-1);
        const isOpen = key === open;
        return (
          <li key={key} className="ms" aria-current={isOpen || undefined}>
            <span className="ms-n">{item === undefined ? "–" : `#${item.id}`}</span>
            <div className="ms-t">
              <button
                type="button"
                className="ms-open"
                data-cursor
                aria-expanded={isOpen}
                aria-controls="chain"
                onClick={() => onOpen(isOpen ? null : key)}
              >
                {messageWord(command_type)}
              </button>
              {item !== undefined && (
                <span className="ms-r cut">
                  {item.source_session_name} <Icon name="arrow" />
                  <span className="vh">to</span> {item.target_session_name}
                </span>
              )}
              {task_name !== null && (
                <Link className="faint cut ms-task" to="/tasks/$name" params={{ name: task_name }}>
                  {task_name}
                </Link>
              )}
            </div>
            <span className="ms-age">
              <Age of="begun" time={time} />
            </span>
            <div className="ms-s">
              <TrackDots chain={chain} />
            </div>
          </li>
        );
      })}
    </ul>
  );
}
