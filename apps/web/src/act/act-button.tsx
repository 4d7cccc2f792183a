import { useState } from "react";
import { useConnection } from "../live/use-connection.ts";
import type { Offer } from "./acts.ts";
import { commandLineOf } from "./command-line.ts";
import { Confirm } from "./confirm.tsx";
import { useAct } from "./use-act.ts";

interface ActButtonProps {
  offer: Offer;
  /** What it is done to, for those who do not see where it stands. */
  subject?: string;
  kind?: "primary" | "small" | "quiet small";
  /** Called when it is done. */
  onDone?: () => void;
}

/** Why nothing can be done at the moment; null when something can. */
export function useClosed(): string | null {
  return useConnection().phase === "live" ? null : "not while the connection is lost";
}

/** A button that does one thing, asks first when that ends something, and leaves a receipt. */
export function ActButton({ offer, subject, kind = "small", onDone }: ActButtonProps) {
  const [asking, setAsking] = useState(false);
  const { running, act } = useAct();
  const closed = useClosed();
  const { consent } = offer;

  const perform = async () => {
    setAsking(false);
    const receipt = await act(offer);
    if (receipt?.phase === "done") onDone?.();
  };

  return (
    <>
      <button
        type="button"
        className={`btn ${kind}`}
        aria-disabled={closed !== null || running}
        aria-busy={running}
        title={closed ?? commandLineOf(offer.act)}
        onClick={() => {
          if (closed !== null || running) return;
          if (consent === undefined) void perform();
          else setAsking(true);
        }}
      >
        {running ? "Running" : offer.verb}
        {subject !== undefined && <span className="vh"> {subject}</span>}
      </button>
      {asking && consent !== undefined && (
        <Confirm offer={{ ...offer, consent }} onYes={() => void perform()} onNo={() => setAsking(false)} />
      )}
    </>
  );
}
