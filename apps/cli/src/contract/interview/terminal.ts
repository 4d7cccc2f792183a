import type { SetupQuestion } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { checkbox, confirm, input, select } from "@inquirer/prompts";
import type { Io } from "../../io.ts";
import { type Answer, ASKED_PERMISSIONS, type Interviewer, isGranted, items, listed } from "./interviewer.ts";

type Context = NonNullable<Io["prompts"]> & { signal: AbortSignal };
type Ask = (question: SetupQuestion, context: Context) => Promise<Answer>;

/** Ask a person at the terminal. Throws `interrupted` when they leave with Ctrl-C; nothing is written then. */
export function terminalInterviewer(prompts: NonNullable<Io["prompts"]>, signal: AbortSignal): Interviewer {
  const context = { ...prompts, signal };
  return async (question) => {
    if (question.help !== undefined) prompts.output.write(`  ${question.help}\n`);
    return PROMPTS[question.kind](question, context).catch((thrown: Error) => {
      if (thrown.name !== "ExitPromptError" && thrown.name !== "AbortPromptError") throw thrown;
      throw new ConveyorError("interrupted", "interrupted: nothing was written", { hint: null });
    });
  };
}

const PROMPTS: Readonly<Record<SetupQuestion["kind"], Ask>> = {
  text: async ({ question: message, default: shown }, context) => {
    const text = await input({ message, default: String(shown ?? "") }, context);
    return changed(text.trim(), shown ?? "") as string | undefined;
  },
  list: async ({ question, default: shown }, context) => {
    const text = await input({ message: `${question} (separated by commas)`, default: listed(shown) }, context);
    return text.trim() === listed(shown) ? undefined : items(text);
  },
  choice: async (question, context) => {
    const word = await select(
      { message: question.question, choices: wordsOf(question), default: String(question.default ?? "custom") },
      context,
    );
    return changed(word, question.default) as Answer;
  },
  choice_list: async (question, context) => {
    const shown = question.default as string[];
    const choices = wordsOf(question).map((value) => ({ value, checked: shown.includes(value) }));
    const words = await checkbox({ message: question.question, choices }, context);
    const isSame = words.length === shown.length && words.every((word) => shown.includes(word));
    return (isSame ? undefined : words) as Answer;
  },
  boolean: async ({ question: message, default: shown }, context) =>
    changed(await confirm({ message, default: shown === true }, context), shown) as boolean | undefined,
  categorized_permissions: async (question, context) => {
    const answers: Record<string, boolean> = {};
    for (const { name, text: message, actions } of ASKED_PERMISSIONS) {
      const granted = isGranted(question, actions);
      const answer = await confirm({ message, default: granted }, context);
      if (answer !== granted) answers[name] = answer;
    }
    return answers;
  },
};

function wordsOf({ choices }: SetupQuestion): string[] {
  return Array.isArray(choices) ? choices : [];
}

function changed<Value>(answer: Value, shown: unknown): Value | undefined {
  return answer === shown || answer === "" ? undefined : answer;
}
