import { type ReactNode, useId } from "react";

interface PanelProps {
  title: string;
  /** A count or a state at the end of its head. */
  end?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A part of a view with a heading of its own. */
export function Panel({ title, end, className = "", children }: PanelProps) {
  const heading = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={heading}>
      <div className="panel-head">
        <h2 id={heading}>{title}</h2>
        {end !== undefined && <span className="end">{end}</span>}
      </div>
      {children}
    </section>
  );
}
