import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

/** How long the button says that it copied, in milliseconds. */
const CONFIRM_MS = 1600;

/** A command to type, with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
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
    <div className="cmd">
      <span className="cmd-p" aria-hidden="true">
        $
      </span>
      {/* A long line scrolls, so the keyboard has to reach it. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <code tabIndex={0}>{command}</code>
      <button
        type="button"
        className="ibtn"
        onClick={() => void copy()}
        aria-label={copied ? "Copied" : `Copy: ${command}`}
        title={copied ? "Copied" : "Copy"}
      >
        <Icon name={copied ? "check" : "copy"} />
      </button>
    </div>
  );
}
