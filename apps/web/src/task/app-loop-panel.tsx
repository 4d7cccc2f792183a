import { OperationButton } from "../forms/operation-button.tsx";
import type { Tone } from "../lib/tone.ts";
import { capital, durationText, sentence } from "../lib/words.ts";
import type { OutputAt } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { CommandLine } from "../parts/command-line.tsx";
import { Glyph, type GlyphName } from "../parts/glyph.tsx";
import { Loading, PartFailed } from "../parts/nothing.tsx";

type Plan = OutputAt<"autonomy.autopilotStatus">["plan"];
type Lease = Plan["status"]["worker"]["lease"];

const LEASES: Readonly<Record<Lease["state"], { glyph: GlyphName; tone: Tone; word: string }>> = {
  healthy: { glyph: "done", tone: "good", word: "lives" },
  stale: { glyph: "stale", tone: "warn", word: "is silent" },
  missing: { glyph: "lost", tone: "mute", word: "was never heard of" },
};

/** Whether a pair goes on by itself: its three leases, what it needs next, its automations, and whether it has become quiet. */
export function AppLoopPanel({ task }: { task: string }) {
  const { answer, problem, code, ask } = useAnswer("autonomy.autopilotStatus", { task });
  useHappenings((happening) => {
    if (happening === null || /heartbeat|autopilot|automation|wake|rotation|dispatch|smoke/.test(happening.event_type))
      ask();
  });
  const fixed = { task };
  return (
    <section aria-label="Goes on by itself">
      <div className="kv-head">
        <h2>Goes on by itself</h2>
        <span className="acts">
          <OperationButton
            path="autonomy.startAutopilot"
            verb="Start…"
            subject="the autopilot"
            fixed={fixed}
            onDone={ask}
          />
          <OperationButton
            path="autonomy.stopAutopilot"
            verb="Stop…"
            subject="the autopilot"
            fixed={fixed}
            kind="quiet small"
            onDone={ask}
          />
          <OperationButton path="autonomy.planWakeup" verb="Who to wake" fixed={fixed} kind="quiet small" />
          <OperationButton
            path="autonomy.dispatchWakeup"
            verb="Wake…"
            fixed={fixed}
            kind="quiet small"
            onDone={ask}
            stays
          />
          <OperationButton
            path="autonomy.recordAutomation"
            verb="Record an automation…"
            fixed={fixed}
            kind="quiet small"
            onDone={ask}
          />
          <OperationButton
            path="autonomy.planRotation"
            verb="Replace a thread…"
            fixed={fixed}
            kind="quiet small"
            onDone={ask}
            stays
          />
        </span>
      </div>
      {problem !== null && code === "no_active_binding" && <p className="faint">Nobody is bound to it.</p>}
      {problem !== null && code === "terminal_state" && <p className="faint">The task is closed.</p>}
      {problem !== null && code !== "no_active_binding" && code !== "terminal_state" && (
        <PartFailed problem={problem} code={code} onAgain={ask} />
      )}
      {answer === undefined && problem === null && <Loading rows={4} />}
      {answer !== undefined && problem === null && <PlanView plan={answer.plan} />}
    </section>
  );
}

function PlanView({ plan }: { plan: Plan }) {
  const { status, readiness, quiescence, automation_specs } = plan;
  const leases = [
    { name: `Manager ${status.manager.name}`, lease: status.manager.lease },
    { name: `Worker ${status.worker.name}`, lease: status.worker.lease },
    { name: "Dispatch", lease: status.dispatch },
  ];
  return (
    <>
      <ul className="rows" aria-label="Signs of life">
        {leases.map(({ name, lease }) => {
          const look = LEASES[lease.state];
          return (
            <li key={name}>
              <Glyph name={look.glyph} tone={look.tone} /> <b>{name}</b> {look.word}
              {lease.age_seconds !== null && lease.state !== "missing" && (
                <span className="faint">
                  {" "}
                  heard {durationText(lease.age_seconds * 1000)} ago, may be silent for{" "}
                  {durationText(lease.stale_after_seconds * 1000)}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      <p>
        <b>{sentence(readiness.state)}.</b> {readiness.blockers.map(capital).join(". ")}
      </p>
      {quiescence.state !== "not_applicable" && (
        <p>
          Quiet for {quiescence.quiet_cycles} of {quiescence.threshold_cycles} heartbeats.{" "}
          {quiescence.recommended_action === "stop_autopilot" && <b>{capital(quiescence.reason)}</b>}
        </p>
      )}
      {status.next_actions.length > 0 && (
        <>
          <h3 className="lab">What it needs next</h3>
          <ul className="rows">
            {status.next_actions.map(({ kind, role, reason, prompt }) => (
              <li key={`${kind} ${role}`}>
                <Glyph name="waiting" tone="warn" /> <b>{sentence(kind)}</b> {reason}
                <CommandLine command={prompt} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h3 className="lab">Automations</h3>
      <ul className="rows">
        {automation_specs.map(({ role, name, suggested_rrule, blocker, prompt }) => (
          <li key={role}>
            <b>{sentence(role)}</b> {name} <code>{suggested_rrule}</code>
            {blocker !== null && <span className="faint"> {blocker}</span>}
            <details>
              <summary>Prompt to copy</summary>
              <CommandLine command={prompt} />
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}
