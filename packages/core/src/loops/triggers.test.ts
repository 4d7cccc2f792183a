import { describe, expect, it } from "vitest";
import { classifyPrompt, listTriggers } from "./classify.ts";
import { classify, TRIGGER_TABLE } from "./triggers.ts";

const names = (prompt: string) => classify(prompt).matched.map(({ name }) => name);

describe("the phrases that arm a gate", () => {
  it.each(TRIGGER_TABLE.map((row) => [row.name, row.canonical_phrase] as const))(
    "%s is found in its own phrase",
    (name, phrase) => {
      expect(names(phrase)).toEqual([name]);
      expect(names(`Please:\n\t${phrase.toUpperCase().replaceAll(" ", "  ")}\n`)).toEqual([name]);
    },
  );

  const negatives = TRIGGER_TABLE.flatMap((row) => row.negative_controls.map((prompt) => [row.name, prompt] as const));
  it.each(negatives)("of %s is not found: %s", (_name, prompt) => {
    expect(classify(prompt)).toEqual({ matched: [], negated: false });
  });

  it.each([
    "Be careful, run the tests and summarise the risks.",
    "Run the tests before you are done.",
    "Give the worker another iteration.",
    "Run this as an adversarially-gated Ralph loop.",
    "Run this as an adversarially\u2011gated Ralph loop.",
    "Run this as an adversarially gated Ralph loops.",
    "run this as an adversarially gated loop_x",
    "run this as an adversarially gated loop\u00e9",
    "prerun this as an adversarial gated loop",
    "Don't mark this done until you have tried to disprove it.",
    "Don\u2019t send the worker another iteration until adversarial proof exists.",
    "before continuing record the strongest realistic failure mode, the check, and the result",
    "",
  ])("is not found in: %s", (prompt) => {
    expect(names(prompt)).toEqual([]);
  });

  it.each([
    ["Run this as an adversarial gated loop", "loop-gate-trigger"],
    ["require adversarial proof before the worker gets another iteration", "iteration-gate-trigger"],
    ["Require adversarial proof before another worker iteration!", "iteration-gate-trigger"],
    ["do not finish until you have tried to disprove it", "finish-gate-trigger"],
    ["do not let this finish until the manager has tried to disprove it", "finish-gate-trigger"],
    [
      "Before continuing, record the strongest realistic failure mode, the check, and the result",
      "worker-directed-trigger",
    ],
  ])("other forms are: %s", (prompt, name) => {
    expect(names(prompt)).toEqual([name]);
  });

  it.each([
    ["Do not run this as an adversarially gated loop", true, []],
    ["Never run this as an adversarially gated loop", true, []],
    ["Don\u2019t run this as an adversarially gated loop", true, []],
    ["Donut run this as an adversarially gated loop", false, ["loop-gate-trigger"]],
    ["Never. Do not finish until you have tried to disprove it", false, ["finish-gate-trigger"]],
    [
      "Do not run this as an adversarial gated loop. Now run this as an adversarial gated loop",
      false,
      ["loop-gate-trigger"],
    ],
  ])("is undone by a negation right before it: %s", (prompt, negated, found) => {
    expect(classify(prompt)).toMatchObject({ negated, matched: found.map((name) => ({ name })) });
  });
});

it("tells of all phrases in the order of the list, with the first as the one that counts", async () => {
  const prompt = `${TRIGGER_TABLE[4]?.canonical_phrase} ${TRIGGER_TABLE[0]?.canonical_phrase}`;
  const answer = await classifyPrompt({} as never, { prompt });
  expect(answer).toMatchObject({ prompt, matched: true, matched_trigger: { name: "loop-gate-trigger" } });
  expect(answer.matched_triggers.map(({ name }) => name)).toEqual(["loop-gate-trigger", "acceptance-criteria-trigger"]);
  const none = await classifyPrompt({} as never, { prompt: "be careful" });
  expect(none).toMatchObject({
    matched: false,
    matched_trigger: null,
    guidance: expect.stringContaining("do not create"),
  });
  expect((await listTriggers({} as never, {})).triggers).toHaveLength(5);
});
