import { canNotify, setNotices } from "../lib/notices.ts";
import { changeSettings, type Theme, useSettings } from "../lib/settings.ts";
import { useTitle } from "../lib/use-title.ts";
import { sentence } from "../lib/words.ts";
import type { OutputAt } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useConnection } from "../live/use-connection.ts";
import { CommandLine } from "../parts/command-line.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";
import { Loading, PartFailed } from "../parts/nothing.tsx";
import { Panel } from "../parts/panel.tsx";

type Report = OutputAt<"system.doctor">;

/** Whether this machine is ready for agents, what runs here, and what this browser keeps. */
export function About() {
  useTitle("About");
  const { answer, problem, code, ask } = useAnswer("system.doctor", {});
  const { server } = useConnection();
  return (
    <div className="view">
      <div className="sec-head">
        <h1>About this Conveyor</h1>
        <p>everything stays on this machine</p>
        <span className="end">
          <button type="button" className="btn" onClick={ask}>
            <Icon name="again" />
            Run the doctor
          </button>
        </span>
      </div>
      <div className="split even">
        <Panel title="Doctor" end={answer && <Verdict report={answer} />}>
          {problem !== null && <PartFailed problem={problem} code={code} onAgain={ask} />}
          {answer === undefined && problem === null && <Loading rows={6} />}
          {answer !== undefined && <Checks report={answer} />}
        </Panel>
        <div className="side">
          <Panel title="Versions and places">
            <dl className="facts about-facts">
              {server !== null && (
                <>
                  <dt>Conveyor</dt>
                  <dd>{server.version}</dd>
                  <dt>Ledger</dt>
                  <dd>
                    <code>{server.ledger_path}</code>
                  </dd>
                </>
              )}
              <dt>Server</dt>
              <dd>{location.host}</dd>
              {answer !== undefined && (
                <>
                  <dt>Node</dt>
                  <dd>{answer.runtime.node}</dd>
                  <dt>System</dt>
                  <dd>{answer.platform}</dd>
                  <dt>Project</dt>
                  <dd>
                    <code>{answer.project_root}</code>
                  </dd>
                  <dt>Codex home</dt>
                  <dd>
                    <code>{answer.codex_home}</code>
                  </dd>
                </>
              )}
            </dl>
          </Panel>
          <ThisBrowser />
        </div>
      </div>
    </div>
  );
}

const isTodo = ({ ok, advisory }: Report["checks"][number]) => !ok && !advisory;

function Verdict({ report }: { report: Report }) {
  const count = report.checks.filter(isTodo).length;
  return (
    <span className="state" data-tone={count === 0 ? "good" : "warn"}>
      <Glyph name={count === 0 ? "done" : "held"} tone={count === 0 ? "good" : "warn"} />
      <span>{count === 0 ? "All is well" : `${count} to do`}</span>
    </span>
  );
}

/** What is missing first. */
function Checks({ report }: { report: Report }) {
  const checks = report.checks.toSorted(
    (a, b) => Number(a.ok) - Number(b.ok) || Number(a.advisory) - Number(b.advisory),
  );
  return (
    <>
      <dl className="lss">
        {checks.map((check) => {
          const { name, ok, advisory } = check;
          const tone = ok ? "good" : advisory ? "mute" : "bad";
          return (
            <div key={name} className="ls">
              <dt>
                <Glyph name={ok ? "done" : advisory ? "unproven" : "refused"} tone={tone} />
                {sentence(name)}
              </dt>
              <dd data-tone={tone}>{ok ? "Good" : advisory ? "Missing, not needed" : "Missing"}</dd>
              <dd className="soft">{saidOf(check)}</dd>
            </div>
          );
        })}
      </dl>
      {report.checks.some(({ ok }) => !ok) && (
        <div className="empty">
          <p>The same with what helps, for a terminal:</p>
          <CommandLine command="conveyor doctor --human" />
        </div>
      )}
    </>
  );
}

/** What a check says beside its verdict. */
function saidOf(check: Report["checks"][number]): string {
  return Object.entries(check)
    .filter(([key, value]) => !["name", "ok", "advisory"].includes(key) && typeof value !== "object")
    .map(([key, value]) =>
      ["detail", "message", "path", "remedy", "hint"].includes(key)
        ? String(value)
        : `${key.replaceAll("_", " ")} ${value}`,
    )
    .join(" · ");
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];

function ThisBrowser() {
  const { theme, keys, notices } = useSettings();
  return (
    <Panel title="This browser">
      <div className="kv">
        <div>
          <h3 className="lab">Colours</h3>
          <fieldset className="seg" aria-label="Colours">
            {THEMES.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={theme === one}
                onClick={() => changeSettings({ theme: one })}
              >
                {sentence(one)}
              </button>
            ))}
          </fieldset>
        </div>
        <label className="check">
          <input
            type="checkbox"
            checked={keys === "on"}
            onChange={() => changeSettings({ keys: keys === "on" ? "off" : "on" })}
          />
          <span>Single keys act (J, K, G H, /, ?)</span>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={notices === "on"}
            disabled={!canNotify()}
            onChange={() => void setNotices(notices === "on" ? "off" : "on")}
          />
          <span>Tell me when an agent stands still while I look elsewhere</span>
        </label>
      </div>
    </Panel>
  );
}
