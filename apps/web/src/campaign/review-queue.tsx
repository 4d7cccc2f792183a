import { OperationButton } from "../forms/operation-button.tsx";
import { Age } from "../parts/age.tsx";
import { Nothing } from "../parts/nothing.tsx";
import { Panel } from "../parts/panel.tsx";
import type { CampaignWorker } from "./slot-card.tsx";

/** What waits for somebody's judgement; approving it is no permission to publish. */
export function ReviewQueue({
  slots,
  campaign,
  onChanged,
}: {
  slots: readonly CampaignWorker[];
  campaign: string;
  onChanged(): void;
}) {
  const waiting = slots.flatMap(({ slot_key, assets }) =>
    assets.filter(({ status }) => status === "needs_review").map((asset) => ({ ...asset, slot_key })),
  );
  return (
    <Panel title="To review" end={waiting.length}>
      <p className="kv faint">An approval records what you decided. It is no permission to publish.</p>
      {waiting.length === 0 && <Nothing>Nothing waits for a review.</Nothing>}
      <ul className="kv rows">
        {waiting.map(({ id, title, slot_key, asset_type, artifact_path, created_at }) => (
          <li key={id}>
            <b>{title}</b>{" "}
            <span className="faint">
              {asset_type} of {slot_key}, <Age of="recorded" time={created_at} after="ago" />
            </span>
            {artifact_path !== null && <p className="faint cut">{artifact_path}</p>}
            <span className="acts">
              <OperationButton
                path="campaigns.review"
                verb="Judge…"
                subject={title}
                fixed={{ name: campaign, asset: id }}
                preset={{ status: "", reviewer: "operator" }}
                onDone={onChanged}
              />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
