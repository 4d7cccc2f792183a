import { type Call, operations } from "@conveyor/contracts";
import { capturePage, writeRgbaPng } from "@conveyor/host";
import { recordVisualDiff } from "../../loops/record-visual-diff.ts";
import { loopTemplate } from "../../loops/templates.ts";
import { screenshot } from "../screenshot.ts";
import { expecting } from "../stage/checks.ts";
import type { LoopedTask, Stage } from "../stage/stage.ts";
import { loopReplay } from "./replay.ts";
import type { Scenario, ScenarioProof } from "./scenario.ts";
import { templateFacts } from "./template-loops.ts";

/** The four pixels of the reference, from the upper left to the lower right. */
export const REFERENCE_COLOURS = [
  [18, 24, 38],
  [44, 92, 152],
  [218, 226, 236],
  [246, 248, 251],
] as const;

/** How the candidate comes about, and what the names of the scenario are. */
export interface VisualPlay {
  suffix: string;
  seed: string;
  /** What stands before the names of the checks. */
  prefix: string;
  /** Makes the candidate; answers its path and what is known of how it was made. */
  candidate(stage: Stage): Promise<{ path: string; metadata: Record<string, unknown> }>;
}

const MAX_ITERATIONS = 4;

/** Write a picture of 2 x 2 opaque pixels. */
export async function writeFourPixels(path: string): Promise<void> {
  const pixels = Uint8Array.from(REFERENCE_COLOURS.flatMap((colour) => [...colour, 255]));
  await writeRgbaPng(path, { width: 2, height: 2, pixels });
}

/** The same picture as a page of four cells, each one pixel wide and high. */
function fourCells(): string {
  const cells = REFERENCE_COLOURS.map(
    ([red, green, blue], at) =>
      `<i style="left:${at % 2}px;top:${at >> 1}px;background:rgb(${red},${green},${blue})"></i>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>four pixels</title>
<style>html,body{margin:0;overflow:hidden}i{position:absolute;width:1px;height:1px}</style>
${cells.join("\n")}
`;
}

/** Play the proof of a loop that compares pictures (spec 05 §5.11, `generic-loop-template`). */
export async function playVisualLoop(stage: Stage, play: VisualPlay): Promise<ScenarioProof> {
  const template = loopTemplate("visual_diff_loop");
  const { suffix, prefix, seed } = play;
  const wish = { template: template.name, max_iterations: MAX_ITERATIONS, seed };
  const task = await stage.boundTask(suffix, wish);
  const id = (what: string) => `qa-run-${suffix}-${what}`;
  await stage.blocked(`${prefix}visual_template_blocks_before_visual_evidence`, task, {
    correlation_id: id("missing"),
    reason: "missing_required_evidence",
    missing: template.required_before_continue,
  });

  const diff = await recordPictures(stage, task, play);
  await stage.malformedProof(task);
  await stage.blocked(`${prefix}unstructured_adversarial_check_still_blocks`, task, {
    correlation_id: id("unstructured-adversarial"),
    reason: "missing_adversarial_check_evidence",
    missing: ["adversarial_check"],
  });
  await stage.adversarial(task, id("structured-adversarial"), {
    failure_mode: "the view differs from its reference and nobody sees it",
    check: "compared every pixel of both pictures with threshold 0",
    result: `the score is ${diff.diff_score}`,
  });
  await stage.delivered(`${prefix}structured_visual_evidence_retry_delivers`, task, id("structured-allowed"));
  return {
    replay_commands: loopReplay(stage.ctx.settings, { template: template.name, max_iterations: MAX_ITERATIONS }),
    facts: { ...templateFacts(template), visual_diff: diff },
  };
}

/** Make reference and candidate, compare them, and record all of it. */
async function recordPictures(stage: Stage, task: LoopedTask, play: VisualPlay) {
  const reference = stage.place("reference.png");
  await writeFourPixels(reference);
  const made = await play.candidate(stage);
  Object.assign(stage.artifacts, { reference_artifact: reference, candidate_screenshot: made.path });
  const viewport = "2x2";
  await stage.evidence(task, "reference_artifact", {
    ...{ artifact_path: reference, metadata: { viewport }, correlation_id: "qa-run-template-reference" },
  });
  await stage.evidence(task, "candidate_screenshot", {
    ...{ artifact_path: made.path, metadata: { ...made.metadata, viewport } },
    correlation_id: "qa-run-template-candidate",
  });
  const [diff_output, report_output] = [stage.place("diff.png"), stage.place("visual-diff-report.json")];
  const call: Call<"loops.recordVisualDiff"> = {
    ...{ task: task.task_id, loop_run: task.run_id, iteration: 1, threshold: 0 },
    ...{ reference, candidate: made.path, diff_output, report_output },
    correlation_id: "qa-run-template-visual-diff",
  };
  const { diff } = await recordVisualDiff(stage.ctx, operations.loops.recordVisualDiff.input.parse(call));
  Object.assign(stage.artifacts, { diff: diff_output, visual_diff_report: report_output });
  stage.require("the picture is that of the reference", [expecting("visual_diff.diff_score", diff.diff_score, 0)]);
  return diff;
}

/** `generic-loop-template` (spec 05 §5.11). */
export const GENERIC_LOOP_TEMPLATE: Scenario = {
  about: "a view's next iteration waits for pictures that were compared and a proof that says something",
  play: (stage) =>
    playVisualLoop(stage, {
      ...{ suffix: "generic-loop-template", prefix: "", seed: "qa-run-generic-template-seed" },
      async candidate(own) {
        const path = own.place("candidate.png");
        await writeFourPixels(path);
        return { path, metadata: {} };
      },
    }),
};

/** `generic-loop-template-browser` (spec 05 §5.11): the same with a candidate that a real browser rendered. */
export const GENERIC_LOOP_TEMPLATE_BROWSER: Scenario = {
  about: "the same with a candidate that a real browser rendered",
  async preflight(ctx) {
    // Nothing is made, and nothing noted, where no browser takes pictures.
    const page = { url: "data:text/html,<title>sample</title>", html_path: null, hosts: "loopback" } as const;
    await capturePage({ ...page, width: 2, height: 2, env: ctx.host.env });
  },
  async play(stage) {
    let browser: Record<string, unknown> = {};
    const suffix = "generic-loop-template-browser";
    const proof = await playVisualLoop(stage, {
      ...{ suffix, prefix: "browser_", seed: "qa-run-generic-template-browser-seed" },
      async candidate(own) {
        const html = own.artifact("candidate_html", "candidate.html", fourCells());
        const path = own.place("candidate-browser.png");
        const call: Call<"qa.screenshot"> = { html, screenshot_path: path, width: 2, height: 2 };
        const taken = await screenshot(own.ctx, operations.qa.screenshot.input.parse(call));
        const { backend, html_path, screenshot_path, viewport } = taken;
        browser = { backend, html_path, screenshot_path, viewport };
        return { path, metadata: { browser_backend: backend, candidate_html: html } };
      },
    });
    return { ...proof, facts: { ...proof.facts, browser, browser_capture: browser } };
  },
};
