import { presents } from "../presentation.ts";
import { jsonDocument } from "../print/json.ts";
import { lines } from "../print/text.ts";

/** `epilogue --step` (spec 04 §4.13): one line, or the document where it is asked for; 1 when the step failed. */
export const run = presents("epilogues.run", {
  text: (document, { input }) => {
    if (input["list"] === true || input["status"] === true) return jsonDocument(document);
    const latest = document.runs.findLast(({ step_name }) => step_name === input["step"]);
    const states = document.status.steps.map(({ step_name, state }) => `${step_name} ${state}`);
    const error = latest?.error == null ? "" : ` (${latest.error})`;
    return lines(`${document.task.name}: ${latest?.step_name} ${latest?.state}${error}; ${states.join(", ")}`);
  },
  exitCode: ({ runs }, { step }) => (runs.findLast((own) => own.step_name === step)?.state === "succeeded" ? 0 : 1),
});
