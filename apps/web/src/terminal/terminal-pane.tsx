import { attachCommand } from "@conveyor/contracts/terminal-commands";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { lastSign } from "../lib/phase.ts";
import { sentence } from "../lib/words.ts";
import type { SessionListItem } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";
import { AgentState } from "../parts/state.tsx";
import { EarlierLines } from "./earlier-lines.tsx";
import type { ControlEnd } from "./link.ts";
import { asOneLine, isPasteAsked, judgePaste, type Paste } from "./paste-guard.ts";
import { type TerminalHandle, useTerminal } from "./use-terminal.ts";

const RETURNED: Readonly<Record<ControlEnd, string | null>> = {
  given_back: null,
  closed: null,
  taken_elsewhere: "Another window took control.",
  idle: "Nothing was typed for five minutes, so control was given back.",
  lost: "Control was lost: somebody else types, or the pane is gone.",
};

/** What an agent's screen shows, or why nothing is shown: hidden until somebody asks, read-only until somebody takes control. */
export function TerminalPane({ session }: { session: SessionListItem }) {
  if (session.communication.tmux_session === null) return <WithoutTerminal session={session} />;
  return <WithTerminal session={session} tmux={session.communication.tmux_session} />;
}

function WithTerminal({ session, tmux }: { session: SessionListItem; tmux: string }) {
  const { name, role, agent_status } = session;
  const box = useRef<HTMLDivElement>(null);
  const label = `Screen of ${name}`;
  const terminal = useTerminal(name, label, box);
  const { phase, held, problem, returned, history } = terminal.state;
  const [paste, setPaste] = useState<Paste | null>(null);
  const isLive = phase === "live";
  useHands(box, terminal, setPaste);
  const isCovered = history !== null || paste !== null;
  const wasCovered = useRef(false);
  // What was covered cannot have the focus; it gets it back when it is seen again.
  useEffect(() => {
    if (wasCovered.current && !isCovered) terminal.screen.current?.focus();
    wasCovered.current = isCovered;
  }, [isCovered, terminal.screen]);

  return (
    <section className="term" aria-label={`Terminal of ${name}`} data-control={held || undefined}>
      <div className="term-head">
        <h2>
          <b className="cut">{name}</b> <span>{role}</span>
        </h2>
        <AgentState status={agent_status} />
        <span className="meta cut">tmux {tmux}</span>
        <span className="end">
          {held && (
            <span className="tag" data-tone="warn">
              <Icon name="key" />
              You type here
            </span>
          )}
          {isLive && !held && (
            <button type="button" className="btn quiet small" onClick={() => terminal.take(false)}>
              <Icon name="lock" />
              Take control<span className="vh"> of {name}</span>
            </button>
          )}
          {held && (
            <button type="button" className="btn small" title="Ctrl Shift Escape" onClick={terminal.giveBack}>
              Give back<span className="vh"> {name}</span>
            </button>
          )}
          {isLive && (
            <>
              <button
                type="button"
                className="ibtn"
                aria-label={`Earlier lines and search of ${name}`}
                title="Earlier lines, search"
                onClick={terminal.askHistory}
              >
                <Icon name="search" />
              </button>
              <button
                type="button"
                className="ibtn"
                aria-label={`Hide the screen of ${name}`}
                title="Hide the screen"
                onClick={terminal.hide}
              >
                <Icon name="x" />
              </button>
            </>
          )}
        </span>
      </div>
      {problem !== null && isLive && (
        <div className="note term-note" data-tone="warn" role="alert">
          <Glyph name="held" tone="warn" />
          <p>
            {sentence(problem.message)}. <code>{problem.code}</code>
          </p>
          {problem.code === "conflict" && (
            <span className="end">
              <button type="button" className="btn small" onClick={() => terminal.take(true)}>
                Take control here
              </button>
            </span>
          )}
        </div>
      )}
      {problem === null && returned !== null && RETURNED[returned] !== null && isLive && (
        <div className="note term-note" data-tone="warn" role="status">
          <Glyph name="held" tone="warn" />
          <p>{RETURNED[returned]}</p>
        </div>
      )}
      {phase !== "hidden" && phase !== "refused" && (
        <div className="term-box" ref={box} data-phase={phase} data-covered={isCovered} />
      )}
      {history !== null && isLive && (
        <EarlierLines text={history} name={name} onClose={terminal.closeHistory} onAgain={terminal.askHistory} />
      )}
      {paste !== null && held && (
        <AskPaste
          paste={paste}
          name={name}
          onPaste={(text) => {
            setPaste(null);
            terminal.paste(text);
          }}
          onCancel={() => setPaste(null)}
        />
      )}
      <Curtain terminal={terminal} tmux={tmux} name={name} />
    </section>
  );
}

/** What stands where no screen does. */
function Curtain({ terminal: { state, show }, tmux, name }: { terminal: TerminalHandle; tmux: string; name: string }) {
  switch (state.phase) {
    case "live":
      return null;
    case "hidden":
      return (
        <Message title="The screen is hidden" mark={<Icon name="eye-off" />}>
          <p>Screens are content. Showing one is recorded.</p>
          <button type="button" className="btn" onClick={show}>
            Show the screen<span className="vh"> of {name}</span>
          </button>
        </Message>
      );
    case "attaching":
      return (
        <Message title={`Attaching to tmux ${tmux}`} mark={<Glyph name="running" tone="busy" />}>
          <p>read-only</p>
        </Message>
      );
    case "ended":
      return (
        <Message title={`tmux ${tmux} is not attached any more`} mark={<Glyph name="gone" tone="bad" />}>
          <p>Its session ended, or this view of it was taken away.</p>
          <button type="button" className="btn" onClick={show}>
            Attach again
          </button>
        </Message>
      );
    case "lost":
      return (
        <Message title="The connection was lost" mark={<Glyph name="lost" tone="mute" />}>
          <p>The screen comes back with it. tmux and the agent go on meanwhile.</p>
        </Message>
      );
    case "refused":
      return (
        <Message title="There is nothing to show" mark={<Icon name="terminal" />}>
          <p>
            {sentence(state.refusal?.message ?? "")}. <code>{state.refusal?.code}</code>
          </p>
          {state.refusal?.hint != null && <p className="faint">{state.refusal.hint}</p>}
          <CommandLine command={attachCommand(tmux)} />
          <button type="button" className="btn" onClick={show}>
            Try again
          </button>
        </Message>
      );
  }
}

function WithoutTerminal({ session }: { session: SessionListItem }) {
  const { name, role, agent_status, communication, codex_app_thread_title: title } = session;
  const isApp = session.codex_app_thread_id !== null;
  return (
    <section className="term" aria-label={`Terminal of ${name}`}>
      <div className="term-head">
        <h2>
          <b className="cut">{name}</b> <span>{role}</span>
        </h2>
        <AgentState status={agent_status} />
        <span className="end meta">{isApp ? "app thread" : "no terminal"}</span>
      </div>
      <Message
        title={isApp ? `“${title ?? name}” lives in the Codex app` : `${name} runs outside tmux`}
        mark={<Icon name="link" />}
      >
        <p>
          {sentence(agent_status.detail)}.{" "}
          {lastSign(session) !== null && (
            <Age of="last sign of life" word="Last heard" time={lastSign(session)} after="ago" />
          )}{" "}
          It collects its messages by itself.
        </p>
        <CommandLine command={communication.poll_command ?? communication.poll_command_template} />
        {session.binding === null && (
          <p>
            <Link className="lnk" to="/sessions" search={{ q: name }}>
              Give it a task
            </Link>
          </p>
        )}
      </Message>
    </section>
  );
}

function Message({ title, mark, children }: { title: string; mark: ReactNode; children: ReactNode }) {
  return (
    <div className="term-msg">
      {mark}
      <h3>{title}</h3>
      {children}
    </div>
  );
}

interface AskPasteProps {
  paste: Paste;
  name: string;
  onPaste(text: string): void;
  onCancel(): void;
}

/** Asked before several lines are pasted. */
function AskPaste({ paste, name, onPaste, onCancel }: AskPasteProps) {
  const { text, line_count, control_count } = paste;
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <div
      className="term-ask"
      role="alertdialog"
      aria-label={`Paste into ${name}?`}
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
    >
      <h3>
        Paste {line_count === 1 ? "1 line" : `${line_count} lines`} into {name}?
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre className="ask" tabIndex={0}>
        {text.slice(0, 2000)}
        {text.length > 2000 && "…"}
      </pre>
      <p>
        Each line end may press Enter. {text.length} characters,{" "}
        {control_count === 0 ? "no control characters" : `${control_count} control characters among them`}.
      </p>
      <div className="acts">
        <button type="button" className="btn" onClick={onCancel} ref={first}>
          Cancel
        </button>
        <button type="button" className="btn" onClick={() => onPaste(asOneLine(text))}>
          Paste as one line
        </button>
        <button type="button" className="btn primary" onClick={() => onPaste(text)}>
          Paste
        </button>
      </div>
    </div>
  );
}

/** Pastes are looked at before the terminal gets them, Ctrl Shift Escape gives control back, the wheel asks for earlier lines. */
function useHands(
  box: React.RefObject<HTMLElement | null>,
  terminal: TerminalHandle,
  ask: (paste: Paste) => void,
): void {
  const latest = useRef({ terminal, ask });
  latest.current = { terminal, ask };
  const { phase } = terminal.state;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the box is there while something is shown
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onPaste = (event: ClipboardEvent) => {
      const { terminal, ask } = latest.current;
      if (!terminal.state.held) return;
      event.preventDefault();
      event.stopPropagation();
      const paste = judgePaste(event.clipboardData?.getData("text/plain") ?? "");
      if (paste.text === "") return;
      if (isPasteAsked(paste)) ask(paste);
      else terminal.paste(paste.text);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !event.ctrlKey || !event.shiftKey || !latest.current.terminal.state.held) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current.terminal.giveBack();
    };
    const onWheel = (event: WheelEvent) => {
      const { state, askHistory } = latest.current.terminal;
      if (event.deltaY < -20 && state.phase === "live" && !state.held && state.history === null) askHistory();
    };
    element.addEventListener("paste", onPaste, { capture: true });
    element.addEventListener("keydown", onKey, { capture: true });
    element.addEventListener("wheel", onWheel, { passive: true });
    return () => {
      element.removeEventListener("paste", onPaste, { capture: true });
      element.removeEventListener("keydown", onKey, { capture: true });
      element.removeEventListener("wheel", onWheel);
    };
  }, [phase === "hidden" || phase === "refused"]);
}
