import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from "react";
import { Icon } from "./icon.tsx";

interface DialogProps {
  title: string;
  className: string;
  onClose(): void;
  /** Whether its head shows a button that closes it. */
  closable?: boolean;
  children: ReactNode;
}

/** What had the focus before the first of the dialogs that are open; one may take another's place before it is loaded. */
let outside: HTMLElement | null = null;

function rememberOutside(): void {
  const { activeElement } = document;
  if (
    activeElement instanceof HTMLElement &&
    activeElement !== document.body &&
    activeElement.closest("dialog") === null
  )
    outside = activeElement;
}

/** Once no dialog is left: while one is open, nothing outside of it takes the focus. */
function returnOutside(): void {
  if (document.querySelector("dialog[open]") !== null) return;
  outside?.focus();
  outside = null;
}

/** A dialog over the page: `data-first` has the focus, Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, className, onClose, closable = true, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // Before anything is painted, so that what is typed right after goes into it.
  useLayoutEffect(() => {
    rememberOutside();
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[data-first]")?.focus();
  }, []);
  useEffect(() => returnOutside, []);

  return (
    <dialog ref={dialog} className={`dialog ${className}`} aria-labelledby={heading} onClose={onClose}>
      <div className="sh-head">
        <h2 id={heading}>{title}</h2>
        {closable && (
          <span className="end">
            <button type="button" className="ibtn" aria-label="Close" onClick={onClose}>
              <Icon name="x" />
            </button>
          </span>
        )}
      </div>
      {children}
    </dialog>
  );
}
