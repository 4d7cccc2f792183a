import { type ReactNode, useId } from "react";

interface PanelProps {
  /** Its place on the page. */
  area: "tasks" | "sessions" | "inbox" | "dispatch";
  title: string;
  /** Beside the title, such as how many there are. */
  note?: string;
  /** At the far end of the heading. */
  tools?: ReactNode;
  children: ReactNode;
}

/** One part of the cockpit with its heading. */
export function Panel({ area, title, note, tools, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" data-area={area} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span className="note">{note}</span>}
        {tools !== undefined && <div className="tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}
