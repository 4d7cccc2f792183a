import { useAnswer } from "../live/use-answer.ts";
import { CommandRow } from "./command-row.tsx";
import { Empty } from "./empty.tsx";
import { Panel } from "./panel.tsx";
import { Waiting } from "./waiting.tsx";

/** Commands shown; the newest. */
const SHOWN = 12;

interface DispatchLaneProps {
  /** Whether this server runs Dispatch itself. */
  serves: boolean;
  chosen: string | null;
  /** Changes when something happened that probably was a command. */
  cue: unknown;
}

/** The newest commands and what became of them. */
export function DispatchLane({ serves, chosen, cue }: DispatchLaneProps) {
  const commands = useAnswer("dispatch.commands", { limit: SHOWN, ...(chosen !== null && { task: chosen }) }, cue);
  const queued = commands?.filter(({ state }) => state === "pending" || state === "attempted").length ?? 0;
  const note = serves ? "running in this server" : "not running in this server";

  return (
    <Panel area="dispatch" title="Dispatch" note={queued > 0 ? `${queued} queued · ${note}` : note}>
      {commands === undefined && <Waiting />}
      {commands !== undefined && commands.length > 0 && (
        <ul className="rows lane">
          {commands.toReversed().map((command) => (
            <CommandRow key={command.id} command={command} />
          ))}
        </ul>
      )}
      {commands?.length === 0 && (
        <Empty
          says={
            serves
              ? "No command yet. What agents tell each other passes here."
              : "No command yet. To have messages delivered, run:"
          }
          commands={serves ? [] : ["conveyor dispatch --watch"]}
        />
      )}
    </Panel>
  );
}
