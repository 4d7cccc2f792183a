import { Link } from "@tanstack/react-router";
import { OperationButton } from "../forms/operation-button.tsx";
import type { Tone } from "../lib/tone.ts";
import { capital, sentence, spaced } from "../lib/words.ts";
import type { OutputAt } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { Glyph, type GlyphName } from "../parts/glyph.tsx";

export type CampaignWorker = OutputAt<"campaigns.dashboard">["slots"][number];

const LOOKS: Readonly<Record<CampaignWorker["lifecycle"]["state"], { glyph: GlyphName; tone: Tone }>> = {
  active: { glyph: "working", tone: "busy" },
  idle: { glyph: "idle", tone: "mute" },
  planned: { glyph: "unproven", tone: "mute" },
  blocked: { glyph: "held", tone: "warn" },
  stale: { glyph: "stale", tone: "warn" },
  needs_thread: { glyph: "waiting", tone: "warn" },
  needs_session: { glyph: "waiting", tone: "warn" },
  archived: { glyph: "gone", tone: "mute" },
};

/** One worker of a campaign: what it is in, who sits in it, what it was given and what it made. */
export function SlotCard({ slot, campaign, onChanged }: { slot: CampaignWorker; campaign: string; onChanged(): void }) {
  const { slot_key, role_label, channel, lifecycle, session, task, blockers, codex_app_thread_id, earlier } = slot;
  const { glyph, tone } = LOOKS[lifecycle.state];
  const fixed = { name: campaign, slot: slot_key };
  const isOver = lifecycle.state === "archived";
  return (
    <section className="panel slot" aria-label={`Worker ${slot_key}`}>
      <div className="panel-head">
        <h3>
          {slot_key} <span className="faint">{role_label}</span>
        </h3>
        <span className="end state" data-tone={tone}>
          <Glyph name={glyph} tone={tone} />
          <span>{sentence(lifecycle.state)}</span>
        </span>
      </div>
      <div className="kv">
        <p>
          {capital(lifecycle.operator_message)}
          {channel !== null && <span className="faint"> · {channel}</span>}
        </p>
        <p className="faint">
          {session === null ? "no session" : session.name}
          {session?.last_heartbeat_at != null && (
            <>
              {" "}
              <Age of="last heard" word="heard" time={session.last_heartbeat_at} after="ago" />
            </>
          )}
          {codex_app_thread_id !== null && <span> · thread {codex_app_thread_id}</span>}
          {task !== null && (
            <>
              {" · "}
              <Link className="lnk" to="/tasks/$name" params={{ name: task.name }}>
                {task.name}
              </Link>
            </>
          )}
        </p>
        {blockers.length > 0 && (
          <ul className="bul">
            {blockers.map((blocker) => (
              <li key={blocker}>{capital(blocker)}</li>
            ))}
          </ul>
        )}
        <ul className="rows">
          {slot.assignments.map(({ id, title, status }) => (
            <li key={id}>
              <b>{title}</b> <span className="faint">{spaced(status)}</span>{" "}
              {!isOver && (
                <OperationButton
                  path="campaigns.assignment"
                  verb="Move on…"
                  subject={title}
                  fixed={{ name: campaign, assignment: id }}
                  preset={{ status: "" }}
                  kind="quiet small"
                  onDone={onChanged}
                />
              )}
            </li>
          ))}
          {slot.assets.map(({ id, title, status, asset_type, artifact_path }) => (
            <li key={id}>
              {title} <span className="faint">{`${asset_type}, ${spaced(status)}`}</span>
              {artifact_path !== null && <p className="faint cut">{artifact_path}</p>}
            </li>
          ))}
        </ul>
        {earlier.assignments + earlier.assets > 0 && (
          <p className="faint">{earlier.assignments + earlier.assets} older ones are not shown</p>
        )}
        {!isOver && (
          <p className="acts">
            <OperationButton
              path="campaigns.assign"
              verb="Assign…"
              subject={slot_key}
              fixed={fixed}
              kind="quiet small"
              onDone={onChanged}
            />
            <OperationButton
              path="campaigns.asset"
              verb="Record an asset…"
              subject={slot_key}
              fixed={fixed}
              kind="quiet small"
              onDone={onChanged}
            />
            <OperationButton
              path="campaigns.attachSlot"
              verb="Attach…"
              subject={slot_key}
              fixed={fixed}
              kind="quiet small"
              onDone={onChanged}
            />
            <OperationButton
              path="campaigns.rotateSlot"
              verb="Replace the thread…"
              subject={slot_key}
              fixed={fixed}
              kind="quiet small"
              onDone={onChanged}
            />
            <OperationButton
              path="campaigns.archiveSlot"
              verb="Archive…"
              subject={slot_key}
              fixed={fixed}
              kind="quiet small"
              onDone={onChanged}
            />
          </p>
        )}
      </div>
    </section>
  );
}
