import type { Call, ConfigAnswers, SetupQuestion } from "@conveyor/contracts";
import { type Preparation, presents } from "../presentation.ts";
import type { Interviewer } from "./interview/interviewer.ts";

/** `manager-config --interactive` (spec 04 §4.2.3). */
export const interview = presents("contract.interview", {
  prepare: async (input, more) => ({ ...input, answers: await answersTo(input, more) }),
});

async function answersTo(input: Call<"contract.interview">, { ask, io }: Preparation): Promise<ConfigAnswers> {
  const interviewer = await interviewerOf(io);
  const { answers: _answers, ...flags } = input;
  const { questions } = await ask("contract.questions", flags);
  const answers: Record<string, unknown> = {};
  for (const { id } of questions) {
    // A recipe that was just chosen changes what the later questions propose.
    const recipe = answers["recipe_name"] as string | undefined;
    const asked = recipe === undefined ? questions : (await ask("contract.questions", { ...flags, recipe })).questions;
    const question = asked.find((own) => own.id === id) as SetupQuestion;
    const answer = await interviewer(question);
    if (answer !== undefined) answers[id] = answer;
  }
  return answers as ConfigAnswers;
}

/** A person at the terminal is asked with prompts; elsewhere the lines of standard input answer. */
async function interviewerOf(io: Preparation["io"]): Promise<Interviewer> {
  const { prompts } = io;
  if (prompts !== undefined) {
    const { terminalInterviewer } = await import("./interview/terminal.ts");
    return terminalInterviewer(prompts, io.signal);
  }
  const { lineInterviewer } = await import("./interview/lines.ts");
  return lineInterviewer(await io.readStdin(), (text) => io.stderr.write(text));
}
