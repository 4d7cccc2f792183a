import { presents } from "../presentation.ts";
import { lines, table } from "../print/text.ts";

/** `qa-plan` (spec 05 §5.10): order and headings are stable. */
export const plan = presents("qa.plan", {
  text: (document) => {
    const { starter_prompt, authority_boundaries, acceptance_criteria, trigger_tasks } = document;
    const { correlation_markers, evidence_template } = document;
    return lines(
      `QA plan: ${document.scenario}`,
      section("Starter prompt:", starter_prompt === undefined ? [] : [starter_prompt]),
      section("Authority boundaries:", dashed(authority_boundaries)),
      ["", ...document.steps.map((step, at) => `${at + 1}. ${step}`)],
      section("Expected observations:", dashed(document.expected_observations)),
      section("Acceptance criteria:", dashed(acceptance_criteria)),
      section(
        "Trigger tasks:",
        dashed(trigger_tasks?.map((own) => `${own.name}: ${own.trigger} -> ${own.acceptance}`)),
      ),
      section(
        "Correlation markers:",
        dashed(correlation_markers?.map((own) => `${own.correlation_id}: ${own.purpose}`)),
      ),
      section(
        "Evidence template:",
        evidence_template === undefined ? [] : [JSON.stringify(evidence_template, null, 2)],
      ),
    );
  },
});

/** `qa-plan --list`. */
export const listPlans = presents("qa.listPlans", {
  text: ({ plans }, view) =>
    table(
      plans.map(({ scenario, about }) => [scenario, about]),
      view,
    ),
});

function dashed(texts: readonly string[] = []): string[] {
  return texts.map((text) => `- ${text}`);
}

/** A heading with what stands under it; nothing where there is nothing. */
function section(heading: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : ["", heading, ...texts];
}
