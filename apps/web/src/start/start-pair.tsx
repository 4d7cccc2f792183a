import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useClosed } from "../act/act-button.tsx";
import type { Receipt } from "../act/receipts.ts";
import { operationLine } from "../forms/line.ts";
import { OperationButton } from "../forms/operation-button.tsx";
import type { PageOperation } from "../forms/page-operation.ts";
import { type Filled, readForm } from "../forms/read-form.ts";
import { loadOperations, runOperation } from "../forms/run-operation.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useConnection } from "../live/use-connection.ts";
import { CommandLine } from "../parts/command-line.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { taskNameOf } from "./task-name.ts";

const MODES = ["light", "guided", "strict"] as const;

/** Start a task with a worker and a manager: what is to be done, where, how closely it is watched, and what must be true in the end. */
export function StartPair() {
  const navigate = useNavigate();
  const { server } = useConnection();
  const { answer: doctor } = useAnswer("system.doctor", {});
  const { answer: recipes } = useAnswer("contract.listRecipes", {});
  const closed = useClosed();
  const [goal, setGoal] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const [folder, setFolder] = useState<string | null>(null);
  const [acceptance, setAcceptance] = useState("");
  const [mode, setMode] = useState<(typeof MODES)[number]>("guided");
  const [recipe, setRecipe] = useState("");
  const [trusts, setTrusts] = useState(false);
  const [operations, setOperations] = useState<readonly PageOperation[]>([]);
  const [running, setRunning] = useState(false);
  const [receipt, setReceipt] = useState<Receipt | null>(null);

  useEffect(() => {
    let isOver = false;
    void loadOperations().then((all) => {
      if (!isOver) setOperations(all);
    });
    return () => {
      isOver = true;
    };
  }, []);

  const name = own ?? taskNameOf(goal);
  const cwd = folder ?? doctor?.project_root ?? "";
  const filled: Filled = {
    task: name,
    task_goal: goal.trim(),
    worker_name: `${name}-worker`,
    manager_name: `${name}-manager`,
    cwd,
    manager_mode: mode === "guided" ? "" : mode,
    manager_recipe: recipe,
    manager_acceptance: acceptance,
    accept_trust: trusts,
    // A server that carries messages itself needs no second one that does.
    no_dispatch: server?.dispatch === true,
  };
  const pair = operations.find(({ path }) => path === "startup.pair");
  const plan = operations.find(({ path }) => path === "startup.planPair");
  const why = closed ?? (goal.trim() === "" ? "say what should be done first" : null);

  const run = async (operation: PageOperation | undefined, verb: string) => {
    if (operation === undefined || why !== null || running) return;
    setRunning(true);
    const next = await runOperation(operation, readForm(operation, filled).input, verb);
    setRunning(false);
    setReceipt(next);
    if (next.phase === "done" && operation.kind === "mutation") {
      void navigate({ to: "/tasks/$name", params: { name } });
    }
  };

  return (
    <form
      className="panel w-form"
      aria-labelledby="w-start"
      onSubmit={(event) => {
        event.preventDefault();
        void run(pair, `Start ${name}`);
      }}
    >
      <h2 id="w-start">Start a pair</h2>
      <div className="field">
        <label htmlFor="w-goal">What should be done?</label>
        <textarea
          id="w-goal"
          className="in"
          rows={2}
          value={goal}
          placeholder="Refactor the sign-in code"
          onChange={(event) => setGoal(event.target.value)}
        />
      </div>
      <div className="op-fields">
        <div className="field">
          <label htmlFor="w-task">Task name</label>
          <input
            id="w-task"
            className="in"
            value={name}
            onChange={(event) => setOwn(event.target.value === "" ? null : event.target.value)}
          />
          <small>
            Worker {name}-worker, manager {name}-manager
          </small>
        </div>
        <div className="field">
          <label htmlFor="w-folder">Folder that they work in</label>
          <input id="w-folder" className="in" value={cwd} onChange={(event) => setFolder(event.target.value)} />
        </div>
      </div>
      <div className="field">
        <label htmlFor="w-accept">What must be true in the end? One a line</label>
        <textarea
          id="w-accept"
          className="in"
          rows={2}
          value={acceptance}
          onChange={(event) => setAcceptance(event.target.value)}
        />
      </div>
      <div className="op-fields">
        <fieldset className="field w-mode">
          <legend className="lab">How closely the manager looks</legend>
          <div className="seg">
            {MODES.map((one) => (
              <button key={one} type="button" aria-pressed={mode === one} onClick={() => setMode(one)}>
                {one}
              </button>
            ))}
          </div>
        </fieldset>
        <div className="field">
          <label htmlFor="w-recipe">Recipe</label>
          <select id="w-recipe" className="in" value={recipe} onChange={(event) => setRecipe(event.target.value)}>
            <option value="">none</option>
            {recipes?.recipes.map((one) => (
              <option key={one.name} value={one.name}>
                {one.display_name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <label className="check">
        <input type="checkbox" checked={trusts} onChange={(event) => setTrusts(event.target.checked)} />
        <span>I trust this folder: answer yes when the agent asks</span>
      </label>
      {receipt !== null && receipt.phase !== "done" && receipt.phase !== "running" && (
        <div className="note" data-tone="warn" role="alert">
          <Glyph name="refused" tone="warn" />
          <p>
            {receipt.problem} <code>{receipt.code}</code>
          </p>
        </div>
      )}
      {receipt?.phase === "done" && (
        <section className="op-answer" aria-label="What it would start">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <pre tabIndex={0}>{JSON.stringify(receipt.answer, null, 2)}</pre>
        </section>
      )}
      {pair !== undefined && <CommandLine command={operationLine(pair, readForm(pair, filled).input)} />}
      <p className="acts">
        <button
          type="submit"
          className="btn primary large"
          aria-disabled={why !== null || running}
          aria-busy={running}
          title={why ?? undefined}
        >
          {running ? "Starting" : "Start the pair"}
        </button>
        <button
          type="button"
          className="btn large"
          aria-disabled={why !== null || running}
          title={why ?? undefined}
          onClick={() => void run(plan, `Plan ${name}`)}
        >
          Try without doing
        </button>
        <OperationButton
          path="startup.pair"
          verb="Everything else…"
          subject="of a pair"
          preset={filled}
          kind="quiet small"
          onDone={() => void navigate({ to: "/tasks/$name", params: { name } })}
        />
      </p>
    </form>
  );
}
