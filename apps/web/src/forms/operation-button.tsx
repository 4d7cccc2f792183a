import { useState } from "react";
import { useClosed } from "../act/act-button.tsx";
import type { Receipt } from "../act/receipts.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Loading } from "../parts/nothing.tsx";
import { OperationForm } from "./operation-form.tsx";
import type { PageOperation } from "./page-operation.ts";
import type { Filled } from "./read-form.ts";
import { loadOperations } from "./run-operation.ts";

interface OperationButtonProps {
  /** Procedure path. */
  path: string;
  verb: string;
  /** What it is done to, for those who do not see where it stands. */
  subject?: string;
  /** What stands in the form already, to be changed. */
  preset?: Filled;
  /** What is filled and not shown. */
  fixed?: Filled;
  kind?: "primary" | "small" | "quiet small" | "";
  /** Close the form when it is done, instead of showing the answer. Default: when it changes something. */
  onDone?: (receipt: Receipt) => void;
  stays?: true;
}

/** A button that opens the form of an operation, with what is known of it already filled in. */
export function OperationButton(props: OperationButtonProps) {
  const { path, verb, subject, preset = {}, fixed = {}, kind = "small", onDone, stays } = props;
  const [operation, setOperation] = useState<PageOperation | "loading" | null>(null);
  const closed = useClosed();
  const close = () => setOperation(null);
  const open = async () => {
    if (closed !== null) return;
    setOperation("loading");
    const found = (await loadOperations()).find((one) => one.path === path);
    setOperation(found ?? null);
  };
  const word = verb.replace(/…$/, "");

  return (
    <>
      <button
        type="button"
        className={`btn ${kind}`}
        aria-haspopup="dialog"
        aria-disabled={closed !== null}
        title={closed ?? undefined}
        onClick={() => void open()}
      >
        {verb}
        {subject !== undefined && <span className="vh"> {subject}</span>}
      </button>
      {operation !== null && (
        <Dialog title={subject === undefined ? word : `${word} ${subject}`} className="pal op-dlg" onClose={close}>
          {operation === "loading" ? (
            <Loading rows={3} />
          ) : (
            <OperationForm
              operation={operation}
              preset={{ ...preset, ...fixed }}
              fixed={Object.keys(fixed)}
              verb={word}
              onCancel={close}
              onDone={(receipt) => {
                if (operation.kind === "mutation" && !stays) close();
                onDone?.(receipt);
              }}
            />
          )}
        </Dialog>
      )}
    </>
  );
}
