import { CommandLine } from "../parts/command-line.tsx";
import { Dialog } from "../parts/dialog.tsx";
import type { Consent, Offer } from "./acts.ts";
import { commandLineOf } from "./command-line.ts";

interface ConfirmProps {
  offer: Offer & { consent: Consent };
  onYes(): void;
  onNo(): void;
}

/** Asked before something ends: what follows from it, and the command that does the same. Enter changes nothing. */
export function Confirm({ offer: { act, verb, consent }, onYes, onNo }: ConfirmProps) {
  return (
    <Dialog title={consent.title} className="conf" onClose={onNo} closable={false}>
      <div className="conf-b">
        <ul className="bul">
          {consent.consequences.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <CommandLine command={commandLineOf(act)} />
      </div>
      <div className="conf-f">
        <button type="button" className="btn" onClick={onNo} data-first>
          Cancel
        </button>
        <button type="button" className="btn danger" onClick={onYes}>
          {verb}
        </button>
      </div>
    </Dialog>
  );
}
