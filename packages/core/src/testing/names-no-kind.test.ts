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
  // The skills that Conveyor brings, and the folder that it looks for above a project.
  /^(manage-codex-workers|codex[-_]review(_skill_path|_helper_path|_skill_installed|_helper_installed)?|codex-workers)$/,
];

/** Sentences that people read and that the contract holds fast. */
const SENTENCES = [
  "A session of the Codex app has no tmux session",
  "check the permissions of the Codex home",
  "Codex asks for trust in more folders",
];

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
    const unlawful = words.map((word) => word.replace(/^-+/, "")).filter((word) => !LAW.some((law) => law.test(word)));
    return unlawful.map((word) => `${path.slice(root.length)}: ${word}`);
  });
  expect(others).toEqual([]);
});
