import { type ReactNode, useEffect, useState } from "react";

/** How long the button says that it copied, in milliseconds. */
const CONFIRM_MS = 1600;

/** A command to type next, with a button that copies it. */
export function CopyCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      setCopied(true);
    } catch {
      // Without permission the text can still be selected.
    }
  };

  return (
    <div className="command">
      <code>{words(command)}</code>
      <button type="button" className="quiet" onClick={() => void copy()} aria-label={`Copy: ${command}`}>
        {copied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}

/** A line may break between the words only, not at the hyphens of a flag. */
function words(command: string): ReactNode[] {
  return command.split(" ").flatMap((word, i) => [
    i > 0 && " ",
    // biome-ignore lint/suspicious/noArrayIndexKey: the words of one command never move
    <span key={i} className="word">
      {word}
    </span>,
  ]);
}
