import { getRouteApi, Link } from "@tanstack/react-router";
import { ReviewQueue } from "../campaign/review-queue.tsx";
import { SlotCard } from "../campaign/slot-card.tsx";
import { OperationButton } from "../forms/operation-button.tsx";
import { useTitle } from "../lib/use-title.ts";
import { capital, sentence, spaced } from "../lib/words.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { Glyph } from "../parts/glyph.tsx";
import { Loading, Nothing, PartFailed } from "../parts/nothing.tsx";
import { Panel } from "../parts/panel.tsx";

const one = getRouteApi("/campaigns/$name");

/** Every campaign, with what it holds. */
export function Campaigns() {
  useTitle("Campaigns");
  const { answer, problem, code, ask } = useAnswer("campaigns.list", {});
  useHappenings((happening) => {
    if (happening === null || happening.event_type.startsWith("campaign")) ask();
  });
  return (
    <div className="view">
      <div className="sec-head">
        <h1>Campaigns</h1>
        <p>many workers, one aim</p>
        <span className="end">
          <OperationButton path="campaigns.create" verb="Start a campaign…" onDone={ask} kind="" />
        </span>
      </div>
      <section className="panel" aria-label="Campaigns">
        {problem !== null && <PartFailed problem={problem} code={code} onAgain={ask} />}
        {answer === undefined && problem === null && <Loading rows={4} />}
        {answer?.length === 0 && <Nothing>There is no campaign yet.</Nothing>}
        <ul>
          {answer?.toReversed().map(({ id, name, objective, status, slots, asset_counts }) => (
            <li key={id} className="mini">
              <span>
                <Link className="lnk" to="/campaigns/$name" params={{ name }} data-cursor>
                  {name}
                </Link>{" "}
                <span className="faint">{status}</span>
                <small className="cut">{objective}</small>
              </span>
              <span className="faint">
                {slots} {slots === 1 ? "worker" : "workers"}
                {asset_counts.needs_review > 0 && `, ${asset_counts.needs_review} to review`}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** One campaign: what it needs next, its workers, what waits for a review, its briefs and how it is closed. */
export function CampaignView() {
  const { name } = one.useParams();
  useTitle(name);
  const { answer, problem, code, ask } = useAnswer("campaigns.dashboard", { name });
  useHappenings((happening) => {
    if (happening === null || /^campaign|heartbeat|session/.test(happening.event_type)) ask();
  });
  const fixed = { name };
  if (problem !== null) {
    return (
      <div className="view">
        <h1>{name}</h1>
        <PartFailed problem={problem} code={code} onAgain={ask} />
      </div>
    );
  }
  if (answer === undefined) return <Loading rows={10} />;
  const { campaign, summary, asset_counts, next_manager_action: next, blockers, blockers_left_out, slots } = answer;
  const figures = [
    { title: "Workers", count: summary.active_slots, bad: false },
    { title: "Silent", count: summary.stale_slots, bad: summary.stale_slots > 0 },
    {
      title: "Blocked",
      count: summary.blocked_slots + summary.blocked_assignments,
      bad: summary.blocked_slots + summary.blocked_assignments > 0,
    },
    { title: "To review", count: asset_counts.needs_review, bad: asset_counts.needs_review > 0 },
    { title: "Assets", count: summary.asset_total, bad: false },
    { title: "Briefs", count: summary.channel_briefs, bad: false },
  ];
  return (
    <div className="view">
      <div className="sec-head">
        <h1>{campaign.name}</h1>
        <p>{campaign.status}</p>
        <span className="end acts">
          <OperationButton path="campaigns.addSlot" verb="Add a worker…" fixed={fixed} onDone={ask} />
          <OperationButton path="campaigns.assign" verb="Assign…" fixed={fixed} onDone={ask} />
          <OperationButton path="campaigns.brief" verb="Brief…" fixed={fixed} onDone={ask} />
          <OperationButton path="campaigns.update" verb="Change…" fixed={fixed} onDone={ask} />
          <OperationButton path="campaigns.close" verb="Close…" subject={name} fixed={fixed} onDone={ask} />
        </span>
      </div>
      <p className="t-goal">{campaign.objective}</p>
      <div className="note" data-tone="busy">
        <Glyph name="working" tone="busy" />
        <p>
          <b>{sentence(next.action)}.</b> {capital(next.reason)}
        </p>
      </div>
      <ul className="figures" aria-label="Figures">
        {figures.map(({ title, count, bad }) => (
          <li key={title} data-tone={bad ? "warn" : undefined}>
            <b>{count}</b> {title}
          </li>
        ))}
      </ul>
      <div className="split campaign">
        <section aria-label="Workers">
          <h2 className="vh">Workers</h2>
          {slots.length === 0 && (
            <div className="panel">
              <Nothing>Nobody works on it yet.</Nothing>
            </div>
          )}
          <div className="slots">
            {slots.map((slot) => (
              <SlotCard key={slot.id} slot={slot} campaign={name} onChanged={ask} />
            ))}
          </div>
        </section>
        <div className="side">
          <ReviewQueue slots={slots} campaign={name} onChanged={ask} />
          {blockers.length > 0 && (
            <Panel title="What is in the way" end={blockers.length + blockers_left_out}>
              <ul className="kv rows">
                {blockers.map((blocker) => (
                  <li key={blocker}>
                    <Glyph name="held" tone="warn" /> {capital(blocker)}
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          <Panel title="Briefs" end={answer.channel_briefs.length}>
            <ul className="kv rows">
              {answer.channel_briefs.map(({ id, channel, brief }) => (
                <li key={id}>
                  <b>{channel}</b>
                  <p className="faint">{Object.keys(brief).map(spaced).join(", ")}</p>
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title="Records">
            <p className="acts kv">
              <OperationButton path="campaigns.closeout" verb="Closeout" fixed={fixed} kind="quiet small" />
              <OperationButton path="campaigns.history" verb="History" fixed={fixed} kind="quiet small" />
              <OperationButton path="campaigns.exportCampaign" verb="Export…" fixed={fixed} kind="quiet small" stays />
            </p>
          </Panel>
        </div>
      </div>
    </div>
  );
}
