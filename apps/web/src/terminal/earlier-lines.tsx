import { useEffect, useRef, useState } from "react";
import { Icon } from "../parts/icon.tsx";
import type { TerminalScreen } from "./screen.ts";

/** Lines that stay to be scrolled through. */
const SCROLLBACK = 6000;

interface EarlierLinesProps {
  text: string;
  name: string;
  onClose(): void;
  onAgain(): void;
}

/** What a terminal scrolled away, with its screen at the end: to scroll through, to search, to copy from. */
export function EarlierLines({ text, name, onClose, onAgain }: EarlierLinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const screen = useRef<TerminalScreen | null>(null);
  const [words, setWords] = useState("");
  const [found, setFound] = useState(true);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const over = new AbortController();
    void import("./screen.ts").then(({ TerminalScreen }) => {
      if (over.signal.aborted) return;
      const own = new TerminalScreen(element, { scrollback: SCROLLBACK, label: `Earlier lines of ${name}` });
      screen.current = own;
      own.fit();
      own.write(text);
      const watch = new ResizeObserver(() => own.fit());
      watch.observe(element);
      over.signal.addEventListener("abort", () => {
        watch.disconnect();
        own.dispose();
        screen.current = null;
      });
    });
    return () => over.abort();
  }, [text, name]);

  const find = (direction: "next" | "previous") => setFound(screen.current?.find(words, direction) ?? true);
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === "Enter") find(event.shiftKey ? "next" : "previous");
    if (event.key === "Escape") onClose();
    if (event.key === "PageUp") screen.current?.scrollPage(-1);
    if (event.key === "PageDown") screen.current?.scrollPage(1);
  };
  const copy = () => void navigator.clipboard.writeText(screen.current?.selection || text).catch(() => undefined);

  return (
    <section
      className="term-past"
      aria-label={`Earlier lines of ${name}`}
      onWheel={(event) => {
        if (event.deltaY > 20 && screen.current?.isAtEnd === true) onClose();
      }}
    >
      <div className="term-find">
        <label className="in-search grow">
          <Icon name="search" />
          <span className="vh">Find in the earlier lines of {name}</span>
          <input
            // biome-ignore lint/a11y/noAutofocus: it was just opened to search in
            autoFocus
            type="search"
            placeholder="Find; Enter goes back, Shift Enter forward"
            value={words}
            onChange={(event) => {
              setWords(event.target.value);
              setFound(true);
            }}
            onKeyDown={onKey}
          />
        </label>
        {!found && <span role="status">Not found</span>}
        <button type="button" className="btn quiet small" onClick={copy} title="What is selected, else all of it">
          <Icon name="copy" />
          Copy
        </button>
        <button type="button" className="btn quiet small" onClick={onAgain}>
          <Icon name="again" />
          Newer
        </button>
        <button type="button" className="btn small" onClick={onClose}>
          Back to the screen
        </button>
      </div>
      <div className="term-box" ref={box} />
    </section>
  );
}
