import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useEffect, useState } from "react";
import { OperationForm } from "../forms/operation-form.tsx";
import type { PageOperation } from "../forms/page-operation.ts";
import type { Filled } from "../forms/read-form.ts";
import { loadOperations } from "../forms/run-operation.ts";
import { PHASE_LOOKS } from "../lib/phase.ts";
import { TASK_WORDS } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { PLACES } from "./places.ts";

interface Choice {
  key: string;
  icon: IconName;
  title: string;
  note: string;
  choose(): void;
}

interface CommandPaletteProps {
  /** What was typed before it was loaded. */
  early: string;
  onClose(): void;
  onKeys(): void;
}

/** Most tasks and sessions that are offered before a letter is typed. */
const OFFERED = 60;

/** Go anywhere and do anything by a few letters: what needs somebody first, then pages, tasks, sessions, and every operation. */
export function CommandPalette({ early, onClose, onKeys }: CommandPaletteProps) {
  const [operation, setOperation] = useState<PageOperation | null>(null);
  const [operations, setOperations] = useState<readonly PageOperation[]>([]);
  const [words, setWords] = useState(early);
  const groups = useGroups({ onClose, onKeys });
  const here = useHere();

  useEffect(() => {
    let isOver = false;
    void loadOperations().then((all) => {
      if (!isOver) setOperations(all);
    });
    return () => {
      isOver = true;
    };
  }, []);

  if (operation !== null) {
    return (
      <Dialog title={titleOf(operation)} className="pal op-dlg" onClose={onClose}>
        <OperationForm operation={operation} preset={presetOf(operation, here)} onCancel={() => setOperation(null)} />
      </Dialog>
    );
  }
  // Before a letter is typed only what fits the place is offered; after that everything that holds the letters.
  const offered = words === "" ? operations.filter(({ fields }) => fitsHere(fields, here)) : operations;
  return (
    <Dialog title="Go to, or do" className="pal" onClose={onClose} closable={false}>
      <Command label="Go to a place, or run a command" loop>
        <div className="pal-in">
          <Icon name="search" />
          <Command.Input
            data-first
            value={words}
            onValueChange={setWords}
            placeholder="A task, a session, a page, a command"
          />
        </div>
        <Command.List className="pal-list">
          <Command.Empty className="pal-foot">Nothing is called “{words}”.</Command.Empty>
          {groups.map(({ heading, choices }) => (
            <Command.Group key={heading} heading={heading}>
              {(words === "" ? choices.slice(0, OFFERED) : choices).map(({ key, icon, title, note, choose }) => (
                <Command.Item key={key} value={`${title} ${note} ${key}`} onSelect={choose} className="pal-row">
                  <Icon name={icon} />
                  <span className="cut">{title}</span>
                  <span className="faint cut">{note}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ))}
          <Command.Group heading="Commands">
            {offered.map((one) => (
              <Command.Item
                key={one.path}
                value={`${titleOf(one)} ${one.summary} ${one.path}`}
                onSelect={() => setOperation(one)}
                className="pal-row"
              >
                <Icon name={one.kind === "query" ? "eye" : "play"} />
                <span className="cut">{titleOf(one)}</span>
                <span className="faint cut">{one.summary}</span>
              </Command.Item>
            ))}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}

/** How an operation is typed, without what it is done to. */
const titleOf = ({ command, action, select }: PageOperation) =>
  [command, action ?? "", select === null ? "" : `--${select}`].filter(Boolean).join(" ");

interface Here {
  task: string | undefined;
}

/** What the present address is about. */
function useHere(): Here {
  const name = /^\/(?:tasks|replay)\/([^/]+)/.exec(location.pathname)?.[1];
  try {
    return { task: name === undefined ? undefined : decodeURIComponent(name) };
  } catch {
    return { task: undefined };
  }
}

const fitsHere = (fields: PageOperation["fields"], { task }: Here) =>
  task !== undefined && fields.some(({ field, required }) => field === "task" && required === true);

function presetOf({ fields }: PageOperation, { task }: Here): Filled {
  return task !== undefined && fields.some(({ field }) => field === "task") ? { task } : {};
}

function useGroups({ onClose, onKeys }: { onClose(): void; onKeys(): void }): { heading: string; choices: Choice[] }[] {
  const navigate = useNavigate();
  const { tasks, sessions, needs } = useFleet();
  const go = (to: () => void) => () => {
    onClose();
    to();
  };
  const toTask = (name: string) => go(() => void navigate({ to: "/tasks/$name", params: { name } }));
  return [
    {
      heading: "Needs you",
      choices: needs
        .filter(({ task }) => task !== null)
        .map(({ key, icon, title, task }) => ({
          key: `need ${key}`,
          icon,
          title,
          note: task as string,
          choose: toTask(task as string),
        })),
    },
    {
      heading: "Pages",
      choices: [
        ...PLACES.map(({ to, icon, word }) => ({
          key: `page ${to}`,
          icon,
          title: word,
          note: "page",
          choose: go(() => void navigate({ to })),
        })),
        { key: "keys", icon: "key" as const, title: "Keys", note: "which keys do what", choose: go(onKeys) },
      ],
    },
    {
      heading: "Tasks",
      choices: tasks.map(({ id, name, state }) => ({
        key: id,
        icon: "tasks" as const,
        title: name,
        note: `task, ${TASK_WORDS[state].toLowerCase()}`,
        choose: toTask(name),
      })),
    },
    {
      heading: "Sessions",
      choices: sessions.map(({ id, name, role, agent_status }) => ({
        key: id,
        icon: "terminal" as const,
        title: name,
        note: `${role}, ${PHASE_LOOKS[agent_status.phase].word.toLowerCase()}`,
        choose: go(() => void navigate({ to: "/sessions", search: { q: name } })),
      })),
    },
  ].filter(({ choices }) => choices.length > 0);
}
