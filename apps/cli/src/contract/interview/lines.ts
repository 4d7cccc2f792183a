import type { SetupQuestion } from "@conveyor/contracts";
import { usageError } from "../../usage-error.ts";
import { quote } from "../../values.ts";
import { type Answer, ASKED_PERMISSIONS, type Interviewer, isGranted, items, listed } from "./interviewer.ts";

type Take = (prompt: string) => Promise<string>;

const YES = ["y", "yes", "true", "1"];
const NO = ["n", "no", "false", "0"];

/**
 * Answers from the lines of a text, one for each question, in order; an empty line keeps the default. What is asked goes to
 * `tell`. Throws `usage` for an answer that fits no question and when there are fewer lines than questions.
 */
export function lineInterviewer(text: string, tell: (text: string) => Promise<void>): Interviewer {
  const left = text.split(/\r?\n/);
  // What follows the last line break is no line.
  if (left.at(-1) === "") left.pop();
  const take: Take = async (prompt) => {
    await tell(`${prompt} `);
    const line = left.shift();
    if (line === undefined) {
      throw usageError(
        "the answers ended before the questions did",
        "give one line for each question; nothing was written",
      );
    }
    await tell("\n");
    return line.trim();
  };
  return (question) => READERS[question.kind](question, take);
}

const READERS: Readonly<Record<SetupQuestion["kind"], (question: SetupQuestion, take: Take) => Promise<Answer>>> = {
  text: async (question, take) => (await take(promptOf(question, String(question.default ?? "")))) || undefined,
  list: async (question, take) => given(items(await take(promptOf(question, listed(question.default))))),
  choice: async (question, take) => {
    const word = await take(promptOf(question, String(question.default ?? "")));
    return word === "" ? undefined : (oneOf(question, word) as Answer);
  },
  choice_list: async (question, take) => {
    const words = items(await take(promptOf(question, listed(question.default))));
    return given(words.map((word) => oneOf(question, word))) as Answer;
  },
  boolean: async (question, take) => yesOrNo(await take(promptOf(question, question.default === true ? "yes" : "no"))),
  categorized_permissions: async (question, take) => {
    const answers: Record<string, boolean> = {};
    for (const { name, text, actions } of ASKED_PERMISSIONS) {
      const answer = yesOrNo(await take(`${text} [${isGranted(question, actions) ? "yes" : "no"}]`));
      if (answer !== undefined) answers[name] = answer;
    }
    return answers;
  },
};

function promptOf({ question, help, choices }: SetupQuestion, shown: string): string {
  const words = Array.isArray(choices) ? `\n  one of: ${choices.join(", ")}` : "";
  return `${question}${help === undefined ? "" : `\n  ${help}`}${words}\n  [${shown}]`;
}

function given<Item>(list: Item[]): Item[] | undefined {
  return list.length > 0 ? list : undefined;
}

function oneOf({ id, choices }: SetupQuestion, word: string): string {
  const known = Array.isArray(choices) ? choices : [];
  if (known.includes(word)) return word;
  throw usageError(`${id}: ${quote(word)} is not one of ${known.join(", ")}`);
}

function yesOrNo(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (word === "") return undefined;
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  throw usageError(`${quote(text)} is neither yes nor no`);
}
