import { useSettings } from "../lib/settings.ts";
import { Dialog } from "../parts/dialog.tsx";

const KEYS = {
  Everywhere: [
    ["Ctrl K", "go anywhere, run any command"],
    ["?", "these keys"],
    ["/", "filter the list"],
    ["G H", "Home"],
    ["G T", "Tasks"],
    ["G S", "Sessions"],
    ["G M", "Messages"],
    ["G I", "Terminals"],
    ["G C", "Campaigns"],
    ["G R", "Replay"],
    ["G N", "start something new"],
  ],
  "In lists": [
    ["J", "next"],
    ["K", "previous"],
    ["Enter", "open or close"],
    ["[", "previous task that needs you"],
    ["]", "next task that needs you"],
  ],
  "In a task": [
    ["1", "Proof"],
    ["2", "Messages"],
    ["3", "Contract"],
    ["4", "Timeline"],
    ["5", "More"],
    ["V", "run the checks"],
    ["M", "write to the worker"],
    ["T", "terminals side by side, or beside the tabs"],
    ["F", "finish"],
    ["Ctrl Enter", "send"],
    ["Ctrl Shift Esc", "give control of a terminal back"],
  ],
} as const;

/** Which keys do what. */
export function KeysDialog({ onClose }: { onClose(): void }) {
  const { keys } = useSettings();
  return (
    <Dialog title="Keys" className="keys-dlg" onClose={onClose}>
      <div className="keys-b">
        {Object.entries(KEYS).map(([title, rows]) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <ul>
              {rows.map(([key, what]) => (
                <li key={key}>
                  <span>
                    {key.split(" ").map((part) => (
                      <kbd key={part}>{part}</kbd>
                    ))}
                  </span>
                  <span>{what}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {keys === "off" && <p className="empty">Single keys are turned off in this browser; About turns them on.</p>}
    </Dialog>
  );
}
