import { PHASE_LOOKS } from "../lib/phase.ts";
import { sourceText } from "../lib/words.ts";
import type { AgentStatus } from "../live/operations.ts";
import { Glyph } from "./glyph.tsx";

/** What an agent does, by outline and word; hovering tells where that was seen. */
export function AgentState({ status }: { status: AgentStatus }) {
  const { word, glyph, tone } = PHASE_LOOKS[status.phase];
  return (
    <span className="state" data-tone={tone} title={[status.detail, sourceText(status)].filter(Boolean).join(", ")}>
      <Glyph name={glyph} tone={tone} />
      <span>{word}</span>
    </span>
  );
}
