import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { PHASE_LOOKS } from "../lib/phase.ts";
import { TASK_WORDS } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";

interface Place {
  key: string;
  icon: IconName;
  title: string;
  note: string;
  go(): void;
}

/** Most places shown at once. */
const SHOWN = 12;

/** Go anywhere by a few letters of its name: what needs somebody first, then pages, tasks and sessions. */
export function GoToPalette({ onClose, onKeys }: { onClose(): void; onKeys(): void }) {
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const places = usePlaces(onKeys).filter(({ title, note }) => holds(`${title} ${note}`, words));
  const shown = places.slice(0, SHOWN);
  const cursor = Math.min(at, Math.max(0, shown.length - 1));

  const go = (place: Place | undefined) => {
    if (place === undefined) return;
    onClose();
    place.go();
  };

  const onKey = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((cursor + step + shown.length) % Math.max(1, shown.length));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      go(shown[cursor]);
    }
  };

  return (
    <Dialog title="Go to" className="pal" onClose={onClose} closable={false}>
      <div className="pal-in">
        <Icon name="search" />
        <input
          data-first
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={shown[cursor] && `${list}-${cursor}`}
          aria-label="Go to a task, a session, a page"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <div id={list} role="listbox" aria-label="Places" className="pal-list" tabIndex={-1}>
        {shown.map((place, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
          <div
            key={place.key}
            id={`${list}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === cursor}
            className="pal-row"
            onClick={() => go(place)}
          >
            <Icon name={place.icon} />
            <span className="cut">{place.title}</span>
            <span className="faint cut">{place.note}</span>
          </div>
        ))}
      </div>
      <p className="pal-foot" role="status">
        {shown.length === 0 ? `Nothing is called “${words}”.` : `${shown.length} of ${places.length}`}
      </p>
    </Dialog>
  );
}

/** Whether a text holds every one of some words, in whatever order. Pure. */
function holds(text: string, words: string): boolean {
  const lower = text.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

function usePlaces(onKeys: () => void): Place[] {
  const navigate = useNavigate();
  const { tasks, sessions, needs } = useFleet();
  return [
    ...needs
      .filter(({ task }) => task !== null)
      .map(({ key, icon, title, task }) => ({
        key: `need ${key}`,
        icon,
        title,
        note: task as string,
        go: () => void navigate({ to: "/tasks/$name", params: { name: task as string } }),
      })),
    { key: "home", icon: "home", title: "Home", note: "page", go: () => void navigate({ to: "/" }) },
    { key: "tasks", icon: "tasks", title: "Tasks", note: "page", go: () => void navigate({ to: "/tasks" }) },
    {
      key: "sessions",
      icon: "sessions",
      title: "Sessions",
      note: "page",
      go: () => void navigate({ to: "/sessions" }),
    },
    {
      key: "messages",
      icon: "messages",
      title: "Messages",
      note: "page",
      go: () => void navigate({ to: "/messages" }),
    },
    { key: "about", icon: "about", title: "About", note: "page", go: () => void navigate({ to: "/about" }) },
    { key: "keys", icon: "key", title: "Keys", note: "which keys do what", go: onKeys },
    ...tasks.map(({ id, name, state }) => ({
      key: id,
      icon: "tasks" as const,
      title: name,
      note: `task, ${TASK_WORDS[state].toLowerCase()}`,
      go: () => void navigate({ to: "/tasks/$name", params: { name } }),
    })),
    ...sessions.map(({ id, name, role, agent_status }) => ({
      key: id,
      icon: "terminal" as const,
      title: name,
      note: `${role}, ${PHASE_LOOKS[agent_status.phase].word.toLowerCase()}`,
      go: () => void navigate({ to: "/sessions", search: { q: name } }),
    })),
  ];
}
