import { useEffect, useId, useRef, useState } from "react";
import { type Words as Fetched, fetchWords } from "../live/fetch-words.ts";
import { problemOf } from "../live/problem.ts";

interface WordsProps {
  /** Number of a notification, or id of a command. */
  id: string;
  /** Which of its texts. */
  part: keyof Fetched;
  /** What the button shows and hides, for those who do not see where it stands. */
  subject: string;
}

type State = { phase: "hidden" | "fetching" } | { phase: "shown"; text: string } | { phase: "failed"; why: string };

/** The words of a message: fetched when somebody asks to see them, and forgotten when hidden again. */
export function useWords({ id, part, subject }: WordsProps) {
  const [state, setState] = useState<State>({ phase: "hidden" });
  const body = useId();
  const request = useRef(0);
  useEffect(() => () => void (request.current += 1), []);

  const toggle = async () => {
    request.current += 1;
    const own = request.current;
    if (state.phase === "shown" || state.phase === "failed") return setState({ phase: "hidden" });
    setState({ phase: "fetching" });
    const next = await fetchWords(id).then(
      (words): State => ({ phase: "shown", text: words[part] ?? "It carries no words." }),
      (thrown): State => ({ phase: "failed", why: problemOf(thrown) ?? "The server does not answer." }),
    );
    // Hidden again, or gone from the page, in the meantime.
    if (request.current === own) setState(next);
  };

  const isOpen = state.phase === "shown" || state.phase === "failed";
  return {
    button: (
      <button
        type="button"
        className="hidden-c"
        aria-expanded={isOpen}
        aria-controls={body}
        aria-busy={state.phase === "fetching"}
        onClick={() => void toggle()}
      >
        {isOpen ? "Hide" : "Show"} {subject}
      </button>
    ),
    body: (
      <div id={body} hidden={!isOpen}>
        {state.phase === "shown" && <pre className="body-c">{state.text}</pre>}
        {state.phase === "failed" && <p className="why-not">{state.why}</p>}
      </div>
    ),
  };
}
