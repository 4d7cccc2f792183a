import { plural } from "@conveyor/contracts/plural";
import { useId, useState } from "react";
import type { Act } from "../act/acts.ts";
import { commandLineOf } from "../act/command-line.ts";
import type { Receipt } from "../act/receipts.ts";
import { useAct } from "../act/use-act.ts";
import type { Criterion, Overview } from "../live/operations.ts";
import { CommandLine } from "../parts/command-line.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Glyph } from "../parts/glyph.tsx";

interface FinishDialogProps {
  task: string;
  overview: Overview;
  criteria: readonly Criterion[];
  onClose(): void;
}

const GATES = {
  require_criteria_audit: "Refuse while a criterion is open",
  require_acks: "Refuse unless both agents acknowledged the contract",
  stop_worker: "End the worker's terminal",
  stop_manager: "End the manager's terminal",
} as const;
type Gate = keyof typeof GATES;

/** Close a task: what is still open, which gates hold, and what a gate said when it refused. */
export function FinishDialog({ task, overview, criteria, onClose }: FinishDialogProps) {
  const [reason, setReason] = useState("");
  const [gates, setGates] = useState<ReadonlySet<Gate>>(new Set<Gate>(["require_criteria_audit"]));
  const [refusal, setRefusal] = useState<Receipt | null>(null);
  const { running, act } = useAct();
  const field = useId();

  const chosen = Object.fromEntries([...gates].map((gate) => [gate, true])) as { [Key in Gate]?: true };
  const words = reason.trim();
  const finish: Act = { path: "tasks.finish", input: { task, ...(words !== "" && { reason: words }), ...chosen } };
  const open = criteria.filter(({ status }) => status === "accepted");
  const pending = overview.inbox.pending_count;
  const queued = overview.health.queued_count;

  const run = async () => {
    const receipt = await act({ verb: `Finish ${task}`, act: finish, done: `${task} is finished` });
    if (receipt?.phase === "done") onClose();
    else if (receipt !== null) setRefusal(receipt);
  };
  const toggle = (gate: Gate) =>
    setGates(new Set([...gates].filter((one) => one !== gate).concat(gates.has(gate) ? [] : [gate])));

  return (
    <Dialog title={`Finish ${task}?`} className="conf" onClose={onClose} closable={false}>
      <div className="conf-b">
        <ul className="bul">
          <li>
            {open.length === 0
              ? "No accepted criterion is open."
              : `${plural(open.length, "accepted criterion").replace("criterions", "criteria")} open.`}
          </li>
          {pending > 0 && <li>{plural(pending, "message")} unread; nobody will be asked to read them.</li>}
          {queued > 0 && <li>{plural(queued, "message")} on the way; what is queued is cancelled.</li>}
          <li>A finished task cannot be opened again.</li>
        </ul>
        <div className="field">
          <label htmlFor={field}>Why it is finished</label>
          <input
            id={field}
            className="in"
            value={reason}
            placeholder="finished by operator"
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <fieldset className="gates">
          <legend className="lab">Gates and ends</legend>
          {(Object.keys(GATES) as Gate[]).map((gate) => (
            <label key={gate} className="check">
              <input type="checkbox" checked={gates.has(gate)} onChange={() => toggle(gate)} />
              <span>{GATES[gate]}</span>
            </label>
          ))}
        </fieldset>
        {refusal !== null && (
          <div className="note" data-tone="warn" role="alert">
            <Glyph name="refused" tone="warn" />
            <p>
              {refusal.problem} <code>{refusal.code}</code>
            </p>
          </div>
        )}
        <CommandLine command={commandLineOf(finish)} />
      </div>
      <div className="conf-f">
        <button type="button" className="btn" onClick={onClose} data-first>
          Cancel
        </button>
        <button
          type="button"
          className="btn danger"
          aria-disabled={running}
          aria-busy={running}
          onClick={() => void run()}
        >
          {running ? "Running" : "Finish"}
        </button>
      </div>
    </Dialog>
  );
}
