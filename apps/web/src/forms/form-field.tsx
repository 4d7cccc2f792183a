import { useId } from "react";
import { capital, sentence, spaced } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import type { PageField } from "./page-operation.ts";

interface FormFieldProps {
  spec: PageField & { field: string };
  value: string | boolean | undefined;
  problem: string | undefined;
  onChange(value: string | boolean): void;
}

/** Fields that hold what somebody writes at length. */
const LONG = /message|prompt|goal|text|rationale|reason|note|objective|summary|proof|criterion$|brief|body/;

/** One field of an operation, by its type: what is chosen, ticked, counted or written. */
export function FormField({ spec, value, problem, onChange }: FormFieldProps) {
  const { field, type, values, repeatable, swallows, required, help, placeholder } = spec;
  const id = useId();
  const names = useNames(field);
  const usual = spec.default === undefined ? "" : ` Usually ${String(spec.default)}.`;
  const note = `${capital(help)}.${type === "boolean" ? "" : usual}`;

  if (type === "boolean") {
    return (
      <label className="check op-check">
        <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} />
        <span>
          {sentence(spaced(field))}
          <small>{note}</small>
          {problem !== undefined && <small className="op-problem">{capital(problem)}</small>}
        </span>
      </label>
    );
  }
  const shared = {
    id,
    className: "in",
    value: String(value ?? ""),
    required: required === true,
    "aria-invalid": problem !== undefined,
    "aria-describedby": `${id}-note`,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  const isList = (repeatable === true || swallows === true) && spec.rest === undefined;
  const isLong = isList || spec.rest === true || type === "json" || LONG.test(field);
  return (
    <div className={`field${isLong ? " op-wide" : ""}`}>
      <label htmlFor={id} className="lab">
        {sentence(spaced(field))}
        {required && <span className="faint"> needed</span>}
      </label>
      {values !== undefined && !isList ? (
        <select {...shared}>
          <option value="">{spec.default === undefined ? "as usual" : `as usual: ${String(spec.default)}`}</option>
          {values.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      ) : isLong ? (
        <textarea {...shared} rows={isList || type === "json" ? 3 : 2} />
      ) : (
        <input
          {...shared}
          inputMode={type === "integer" || type === "number" ? "decimal" : "text"}
          placeholder={placeholder === "text" ? "" : placeholder}
          list={names.length > 0 ? `${id}-names` : undefined}
        />
      )}
      {names.length > 0 && !isLong && (
        <datalist id={`${id}-names`}>
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      <small id={`${id}-note`}>
        {problem !== undefined && <span className="op-problem">{capital(problem)}. </span>}
        {note}
        {isList && ` One a line${values === undefined ? "" : `, of: ${values.join(", ")}`}.`}
        {type === "json" && " As JSON."}
        {spec.rest && " As in a shell; no shell runs it."}
      </small>
    </div>
  );
}

/** Names that a field may hold: of tasks, of sessions by their role. */
function useNames(field: string): readonly string[] {
  const { tasks, sessions } = useFleet();
  if (/^(task|task_name)$/.test(field)) return tasks.map(({ name }) => name);
  const role = /^(worker|manager)$/.exec(field)?.[1];
  if (role !== undefined) return sessions.filter((one) => one.role === role).map(({ name }) => name);
  return /^(session|name|ref)$/.test(field) ? sessions.map(({ name }) => name) : [];
}
