import { useId, useState } from "react";
import { useClosed } from "../act/act-button.tsx";
import type { Act } from "../act/acts.ts";
import { commandLineOf } from "../act/command-line.ts";
import { useAct } from "../act/use-act.ts";
import type { Chain } from "../live/operations.ts";
import { TrackDots } from "../messages/track-view.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Icon } from "../parts/icon.tsx";

interface ComposerProps {
  task: string;
  /** Name of the worker; undefined while nobody works. */
  worker: string | undefined;
  chains: readonly Chain[];
}

interface Draft {
  text: string;
  /** Made once for a draft: however often it is sent, it arrives once. */
  key: string;
}

const randomKey = () =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const fresh = (): Draft => ({ text: "", key: `page-${randomKey()}` });

/** Drafts outlive a change of the view and a new login, not the tab. */
function readDraft(task: string): Draft {
  try {
    const draft = JSON.parse(sessionStorage.getItem(`conveyor.draft.${task}`) ?? "null") as Partial<Draft> | null;
    if (typeof draft?.text === "string" && typeof draft.key === "string") return { text: draft.text, key: draft.key };
  } catch {
    // What cannot be read is no draft.
  }
  return fresh();
}

function keepDraft(task: string, draft: Draft): void {
  try {
    if (draft.text === "") sessionStorage.removeItem(`conveyor.draft.${task}`);
    else sessionStorage.setItem(`conveyor.draft.${task}`, JSON.stringify(draft));
  } catch {
    // Then it is kept for as long as the page stands.
  }
}

/** Write to the worker: the text becomes an instruction in the queue, and its way is shown. */
export function MessageComposer({ task, worker, chains }: ComposerProps) {
  const [draft, setDraft] = useState(() => readDraft(task));
  const [sent, setSent] = useState<string | null>(null);
  const { running, act } = useAct();
  const closed = useClosed();
  const field = useId();
  const message = draft.text.trim();
  const send: Act = { path: "dispatch.enqueueNudgeWorker", input: { task, message, idempotency_key: draft.key } };
  const chain = chains.find(({ command_id }) => command_id === sent && sent !== null);
  const why =
    worker === undefined
      ? "nobody is bound to this task"
      : (closed ?? (message === "" || message === "-" ? "write something first" : null));

  const change = (next: Draft) => {
    setDraft(next);
    keepDraft(task, next);
  };
  const submit = async () => {
    if (why !== null || running) return;
    const receipt = await act({ verb: `Send to ${worker}`, act: send, done: `Queued for ${worker}` });
    if (receipt?.phase !== "done") return;
    setSent((receipt.answer as { command_id: string }).command_id);
    change(fresh());
  };

  return (
    <section className="panel composer" aria-label="Write to the worker">
      {chain !== undefined && (
        <p className="c-rcpt">
          <b>Your message</b> <TrackDots chain={chain} />
        </p>
      )}
      <form
        className="c-box"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div>
          <label className="vh" htmlFor={field}>
            {worker === undefined ? "Message to the worker" : `Message to ${worker}`}
          </label>
          <textarea
            id={field}
            className="in"
            data-composer
            rows={1}
            placeholder={worker === undefined ? "Nobody is bound to this task" : `Write to ${worker}`}
            value={draft.text}
            onChange={(event) => change({ ...draft, text: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
            }}
          />
        </div>
        <button
          type="submit"
          className="btn primary large"
          aria-disabled={why !== null || running}
          title={why ?? "Ctrl Enter"}
        >
          <Icon name="send" />
          <span>{running ? "Sending" : "Send"}</span>
        </button>
      </form>
      {message !== "" && (
        <div className="c-opts">
          <CommandLine command={commandLineOf(send)} />
        </div>
      )}
    </section>
  );
}
