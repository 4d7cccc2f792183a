import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Icon } from "./icon.tsx";

interface DialogProps {
  title: string;
  className: string;
  onClose(): void;
  /** Whether its head shows a button that closes it. */
  closable?: boolean;
  children: ReactNode;
}

/** A dialog over the page: `data-first` has the focus, Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, className, onClose, closable = true, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // Before anything is painted, so that what is typed right after goes into it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);

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
