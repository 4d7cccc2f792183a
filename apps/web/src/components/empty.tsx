import { CopyCommand } from "./copy-command.tsx";

/** Nothing there, and what to type to change that. */
export function Empty({ says, commands }: { says: string; commands: readonly string[] }) {
  return (
    <div className="empty">
      <p>{says}</p>
      {commands.map((command) => (
        <CopyCommand key={command} command={command} />
      ))}
    </div>
  );
}
