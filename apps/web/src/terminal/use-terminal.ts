import type { TerminalNote } from "@conveyor/contracts/terminals/wire";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useSettings } from "../lib/settings.ts";
import { useConnection } from "../live/use-connection.ts";
import { type ControlEnd, TerminalLink } from "./link.ts";
import type { TerminalScreen } from "./screen.ts";

/** Earlier lines that are asked for at once. */
const HISTORY_LINES = 5000;
/** So often what was drawn is told, in bytes. */
const TELL_DRAWN = 16 * 1024;

export type TerminalPhase = "hidden" | "attaching" | "live" | "refused" | "ended" | "lost";

interface Refusal {
  code: string;
  message: string;
  hint: string | null;
}

export interface ShownTerminal {
  phase: TerminalPhase;
  /** Whether what is typed in this window arrives. */
  held: boolean;
  /** Why nothing is shown. */
  refusal: Refusal | null;
  /** Why control or earlier lines were not given; null once something is. */
  problem: Refusal | null;
  /** Why this window does not type any more. */
  returned: ControlEnd | null;
  /** Earlier lines that are shown over the screen; null while the screen itself is. */
  history: string | null;
}

const HIDDEN: ShownTerminal = {
  phase: "hidden",
  held: false,
  refusal: null,
  problem: null,
  returned: null,
  history: null,
};

/** Sessions whose screens were opened in this tab: going away and back shows them again, which is recorded each time. */
const opened = new Set<string>();

export interface TerminalHandle {
  state: ShownTerminal;
  screen: RefObject<TerminalScreen | null>;
  show(): void;
  hide(): void;
  take(force: boolean): void;
  giveBack(): void;
  askHistory(): void;
  closeHistory(): void;
  paste(text: string): void;
}

/** The terminal of a session in a box of the page: nothing of it is loaded or asked for before it is shown. */
export function useTerminal(session: string, label: string, box: RefObject<HTMLElement | null>): TerminalHandle {
  const [state, setState] = useState<ShownTerminal>(() =>
    opened.has(session) ? { ...HIDDEN, phase: "attaching" } : HIDDEN,
  );
  const [attempt, setAttempt] = useState(0);
  const screen = useRef<TerminalScreen | null>(null);
  const link = useRef<TerminalLink | null>(null);
  const { theme } = useSettings();
  const { phase: connected } = useConnection();
  const change = useCallback((next: Partial<ShownTerminal>) => setState((before) => ({ ...before, ...next })), []);
  const isShown = state.phase !== "hidden";

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is the cue to attach again
  useEffect(() => {
    const element = box.current;
    if (!isShown || element === null) return;
    const over = new AbortController();
    const stop = attach({ session, label, element, signal: over.signal, screen, link, change });
    return () => {
      over.abort();
      stop();
    };
  }, [session, label, isShown, attempt, change, box]);

  // What was cut off by a lost connection comes back with it; what ended stays as it is.
  useEffect(() => {
    if (connected === "live" && state.phase === "lost") setAttempt((before) => before + 1);
  }, [connected, state.phase]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is the cue
  useEffect(() => screen.current?.retheme(), [theme]);
  useEffect(() => screen.current?.setTyping(state.held), [state.held]);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const onChange = () => screen.current?.retheme();
    dark.addEventListener("change", onChange);
    return () => dark.removeEventListener("change", onChange);
  }, []);

  const again = () => {
    opened.add(session);
    setState({ ...HIDDEN, phase: "attaching" });
    setAttempt((before) => before + 1);
  };
  return {
    state,
    screen,
    show: again,
    hide: () => {
      opened.delete(session);
      setState(HIDDEN);
    },
    take: (force) => link.current?.ask({ type: "take", force }),
    giveBack: () => link.current?.ask({ type: "give_back" }),
    askHistory: () => link.current?.ask({ type: "history", lines: HISTORY_LINES }),
    closeHistory: () => change({ history: null }),
    paste: (text) => screen.current?.paste(text),
  };
}

interface Attaching {
  session: string;
  label: string;
  element: HTMLElement;
  signal: AbortSignal;
  screen: RefObject<TerminalScreen | null>;
  link: RefObject<TerminalLink | null>;
  change(next: Partial<ShownTerminal>): void;
}

/** Load the terminal, connect it, and keep its size; returns what takes it down. */
function attach({ session, label, element, signal, screen, link, change }: Attaching): () => void {
  let isOver = false;
  change({ phase: "attaching", held: false, problem: null, history: null });
  const begin = async () => {
    const { TerminalScreen } = await import("./screen.ts");
    if (signal.aborted) return;
    const own = new TerminalScreen(element, { scrollback: 0, label });
    screen.current = own;
    let undrawn = 0;
    const connection = new TerminalLink(session, {
      onOutput: (bytes) => {
        own.write(bytes, () => {
          undrawn += bytes.length;
          if (undrawn < TELL_DRAWN) return;
          connection.ask({ type: "ack", bytes: undrawn });
          undrawn = 0;
        });
      },
      onNote: (note) => {
        if (note.type === "attached") fit();
        isOver ||= note.type === "ended" || (note.type === "refused" && note.asked === "attach");
        change(stateOf(note));
      },
      onClose: () => {
        if (!isOver && !signal.aborted) change({ phase: "lost", held: false });
      },
    });
    link.current = connection;
    own.onInput((text) => connection.type(text));
    const fit = () => {
      const size = own.fit();
      if (size !== undefined) connection.ask({ type: "resize", ...size });
    };
    let fitting: ReturnType<typeof setTimeout> | undefined;
    const watch = new ResizeObserver(() => {
      clearTimeout(fitting);
      fitting = setTimeout(fit, 60);
    });
    watch.observe(element);
    signal.addEventListener("abort", () => {
      clearTimeout(fitting);
      watch.disconnect();
      connection.close();
      own.dispose();
    });
  };
  begin().catch(() => {
    const message = "the part of the page that draws terminals could not be loaded";
    if (!signal.aborted) change({ phase: "refused", refusal: { code: "internal", message, hint: "reload the page" } });
  });
  return () => {
    screen.current = null;
    link.current = null;
  };
}

/** What a note changes. Pure. */
function stateOf(note: TerminalNote): Partial<ShownTerminal> {
  switch (note.type) {
    case "attached":
      return { phase: "live", refusal: null };
    case "ended":
      return { phase: "ended", held: false };
    case "control":
      return { held: note.held, returned: note.reason, problem: null };
    case "history":
      return { history: note.text, problem: null };
    case "refused": {
      const { code, message, hint } = note;
      return note.asked === "attach"
        ? { phase: "refused", refusal: { code, message, hint } }
        : { problem: { code, message, hint } };
    }
  }
}
