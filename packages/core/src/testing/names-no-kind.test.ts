import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Fields, columns, flags and words of answers: what they are called is law (docs/spec), whatever the agent is. */
const LAW = [
  /^(worker_|manager_)?codex_app_thread_(id|title)$/,
  /^codex_session(_id|_path)?$/,
  /^codex_session_(id_mismatch|pid_mismatch|path_invalid|without_tmux)$/,
  /^codex_(args|arg_count|profile|home|app|app_inbox_guidance)$/,
  /^CODEX_APP_INBOX_GUIDANCE$/,
  /^codex[-_]events(_ingested|_pruned|_tail_read)?$/,
  /^manager_codex_chat$/,
  /^CodexSessionError$/,
  /^codex-(session|home)$/,
  // Checks of a smoke run and of bundles, reasons of a rotation, backends of a review and of a goal, and the environment of a review.
  /^(missing_worker_)?codex_app_thread_(tools|id)$/,
  /^(codex_home_(ready|missing)|codex_goal|codex-goal-drafter|codex_review_helper|CODEX_REVIEW_\w+)$/,
  // The skills that Conveyor brings, and the folder that it looks for above a project.
  /^(manage-codex-workers|codex[-_]review(_skill_path|_helper_path|_skill_installed|_helper_installed)?|codex-workers)$/,
];

/** Sentences that people read and that the contract holds fast. */
const SENTENCES = [
  "A session of the Codex app has no tmux session",
  "check the permissions of the Codex home",
  "Codex asks for trust in more folders",
  "Only a session of the Codex app can know",
];

/** Words that one file may use: a scenario plays a stand-in of this very program, and a skill says for which agent it is. */
const OF_A_FILE: Readonly<Record<string, readonly string[]>> = {
  "qa/scenarios/push-delivery.ts": ["CODEX_HOME", "codex"],
  "system/skill-text.ts": ["codex"],
  "system/install-plugin.ts": ["codex"],
};

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "testing" ? [] : sources(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

it("names no kind of agent in core, but in what law has named", () => {
  const files = sources(root);
  expect(files.length).toBeGreaterThan(200);
  const others = files.flatMap((path) => {
    const text = SENTENCES.reduce((rest, sentence) => rest.replaceAll(sentence, ""), readFileSync(path, "utf8"));
    const words = text.match(/[\w-]*codex[\w-]*/gi) ?? [];
    const file = path.slice(root.length);
    const unlawful = words
      .map((word) => word.replace(/^-+/, ""))
      .filter((word) => !LAW.some((law) => law.test(word)) && !OF_A_FILE[file]?.includes(word));
    return unlawful.map((word) => `${file}: ${word}`);
  });
  expect(others).toEqual([]);
});
