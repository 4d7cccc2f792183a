import { waitUntil } from "../scripted-agent/wait.ts";
import type { ScriptedModel } from "../scripted-model/model.ts";
import type { CodexRecord, RunningCodex } from "./launch.ts";

/** What the pane showed at one point of the scenario. */
export type Screen = { name: string; text: string; title: string };

const ended = (record: CodexRecord) =>
  record.payload?.type === "task_complete" || record.payload?.type === "turn_aborted";
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 400));

/**
 * Lead the real program through what a supervisor meets: trust question, first turn, message while idle, message
 * while busy, interrupt, commands, approval question, swallowed keystrokes, failures, compaction, plan mode, a
 * new thread and the end by Ctrl-C. Calls `note` with each screen. Needs a model, and a Codex in a git work tree that is not trusted yet
 * and that was started with the prompt "hello worker".
 */
export async function playScenario(
  codex: RunningCodex,
  model: ScriptedModel,
  note: (screen: Screen) => void,
): Promise<void> {
  const { pane } = codex;
  let turns = 0;
  const take = async (name: string) => {
    await settle();
    note({ name, text: await pane.text(), title: await pane.title() });
  };
  const turnEnds = async () => {
    turns += 1;
    await codex.waitForRecord(ended, turns);
  };
  const turn = async (text: string) => {
    await pane.submit(text);
    await turnEnds();
  };

  await pane.waitForText(/Trust this folder\?/, 30_000);
  await take("trust-prompt");
  await pane.keys("Enter");
  await turnEnds();
  await take("idle-composer");

  await pane.submit("do: hold first | say never told");
  await model.reached("first");
  await take("working");
  await pane.keys("Escape");
  await turnEnds();
  await take("interrupted");

  await pane.submit("do: hold second | say never told");
  await model.reached("second");
  await pane.submit("a message while busy");
  await take("steer-pending");
  await pane.keys("Escape");
  await turnEnds();
  await turnEnds();
  await take("steer-sent");

  await turn("do: exec seq 1 30 | exec echo oops; exit 3 | say commands are done");
  await take("commands");

  await pane.submit("do: esc-prefix curl -s http://127.0.0.1:9/ | say never told");
  await pane.waitForText(/Would you like to run/, 30_000);
  await take("command-approval");
  await pane.keys("Escape");
  await turnEnds();
  await take("approval-declined");

  await pane.type("fast text");
  await pane.waitForText(/› fast text/, 30_000);
  await take("unsubmitted-input");
  await pane.keys("C-c");
  await take("ctrl-c-clears-composer");

  await turn("do: limit");
  await pane.waitForText(/Approaching rate limits/, 30_000);
  await take("rate-limit-prompt");
  await pane.keys("Escape");
  await take("usage-limit");
  await turn("do: failed context_length_exceeded");
  await take("turn-failed");

  await pane.submit("/compact");
  await turnEnds();
  await take("compacted");

  await pane.submit("/plan");
  await settle();
  await pane.submit("do: question | plan");
  await pane.waitForText(/Question 1\/1/, 30_000);
  await take("user-question");
  await pane.keys("Enter");
  await turnEnds();
  await pane.waitForText(/Implement this plan\?/, 30_000);
  await take("implement-plan");
  await pane.keys("Escape");

  await pane.submit("/clear");
  await take("after-clear");
  await pane.keys("C-c");
  await waitUntil(async () => !pane.isAlive(), { what: () => "the end of the program after Ctrl-C" });
}
