import { type FormEvent, useId, useState } from "react";
import { useClosed } from "../act/act-button.tsx";
import type { Receipt } from "../act/receipts.ts";
import { capital } from "../lib/words.ts";
import { CommandLine } from "../parts/command-line.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { FormField } from "./form-field.tsx";
import { operationLine } from "./line.ts";
import type { PageField, PageOperation } from "./page-operation.ts";
import { type Filled, readForm } from "./read-form.ts";
import { endsSomething, runOperation } from "./run-operation.ts";

interface OperationFormProps {
  operation: PageOperation;
  /** What stands in the form already. */
  preset?: Filled;
  /** Fields that are filled and not shown: where the form stands says what they are. */
  fixed?: readonly string[];
  /** What the button that runs it says. Default: Run. */
  verb?: string;
  onCancel(): void;
  onDone?: (receipt: Receipt) => void;
}

/** Fields that change only whether it is done or tried. */
const TRY = "dry_run";

/** A form made of an operation's fields, with the command line that does the same, and its answer once it has run. */
export function OperationForm(props: OperationFormProps) {
  const { operation, preset = {}, fixed = [], verb = "Run", onCancel, onDone } = props;
  const [filled, setFilled] = useState<Filled>(() => ({ ...defaultsOf(operation.fields), ...preset }));
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const [running, setRunning] = useState(false);
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const closed = useClosed();
  const head = useId();
  const { input, problems } = readForm(operation, filled);
  const shown = operation.fields.filter(
    ({ field }) => field !== null && !fixed.includes(field) && field !== TRY,
  ) as (PageField & { field: string })[];
  const first = shown.filter(({ field, required }) => required || field in preset);
  const more = shown.filter((one) => !first.includes(one));
  const canTry = operation.fields.some(({ field }) => field === TRY);

  const run = async (given: typeof input) => {
    setAsking(false);
    if (running) return;
    setRunning(true);
    const next = await runOperation(operation, given, verb === "Run" ? capital(operation.summary) : verb);
    setRunning(false);
    setReceipt(next);
    if (next.phase === "done" && given[TRY] !== true) onDone?.(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (closed !== null || Object.keys(problems).length > 0) return;
    if (endsSomething(operation)) setAsking(true);
    else void run(input);
  };
  const fieldOf = (one: PageField & { field: string }) => (
    <FormField
      key={one.field}
      spec={one}
      value={filled[one.field]}
      problem={tried ? problems[one.field] : undefined}
      onChange={(value) => setFilled((before) => ({ ...before, [one.field]: value }))}
    />
  );

  return (
    <form className="op-form" onSubmit={submit} aria-labelledby={head} noValidate>
      <div className="pal-form">
        <p className="soft" id={head}>
          {capital(operation.summary)}
        </p>
        {first.length > 0 && <div className="op-fields">{first.map(fieldOf)}</div>}
        {more.length > 0 && (
          <details open={first.length === 0 && more.length <= 6}>
            <summary>
              {first.length === 0 ? "What can be said" : "More"} <span className="faint">{more.length}</span>
            </summary>
            <div className="op-fields">{more.map(fieldOf)}</div>
          </details>
        )}
        {receipt !== null && <Answer receipt={receipt} />}
        <CommandLine command={operationLine(operation, input)} />
      </div>
      <div className="pal-foot">
        {asking ? (
          <>
            <span role="alert">This ends something and cannot be undone.</span>
            <span className="end acts">
              <button
                type="button"
                className="btn"
                // biome-ignore lint/a11y/noAutofocus: what changes nothing has the focus first
                autoFocus
                onClick={() => setAsking(false)}
              >
                Cancel
              </button>
              <button type="button" className="btn danger" onClick={() => void run(input)}>
                {verb === "Run" ? "Do it" : verb}
              </button>
            </span>
          </>
        ) : (
          <span className="end acts">
            <button type="button" className="btn quiet" onClick={onCancel}>
              {receipt?.phase === "done" ? "Close" : "Cancel"}
            </button>
            {canTry && (
              <button
                type="button"
                className="btn"
                aria-disabled={running || closed !== null}
                onClick={() => {
                  setTried(true);
                  if (closed === null && Object.keys(problems).length === 0) void run({ ...input, [TRY]: true });
                }}
              >
                Try without doing
              </button>
            )}
            <button
              type="submit"
              className="btn primary"
              aria-disabled={running || closed !== null}
              aria-busy={running}
              title={closed ?? undefined}
            >
              {running ? "Running" : verb}
            </button>
          </span>
        )}
      </div>
    </form>
  );
}

/** Longest answer that is shown in the form, in characters; the whole of it is copied. */
const SHOWN = 60_000;

function Answer({ receipt: { phase, problem, code, answer } }: { receipt: Receipt }) {
  if (phase === "refused" || phase === "failed") {
    return (
      <div className="note" data-tone="warn" role="alert">
        <Glyph name="refused" tone="warn" />
        <p>
          {problem} <code>{code}</code>
        </p>
      </div>
    );
  }
  const text = JSON.stringify(answer, null, 2) ?? "";
  return (
    <section className="op-answer" aria-label="Answer">
      <h3 className="lab" role="status">
        Answer
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre tabIndex={0}>{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</pre>
    </section>
  );
}

function defaultsOf(fields: readonly PageField[]): Filled {
  return Object.fromEntries(
    fields.flatMap(({ field, type, default: usual }) =>
      field !== null && type === "boolean" && usual === true ? [[field, true]] : [],
    ),
  );
}
