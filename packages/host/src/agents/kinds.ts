import type { Agent } from "./agent.ts";
import { codexAgent } from "./codex/index.ts";
import { genericAgent } from "./generic/index.ts";

/** Where agents keep what is theirs, by kind; what a kind is not given here it has not. */
export type AgentHomes = Readonly<Partial<Record<string, string>>>;

/** The kinds of program that a session can be (spec 08 §8.1): a folder beside this file and a line here is a kind. */
export const KINDS = {
  codex: ({ codex = "" }: AgentHomes): Agent => codexAgent(codex),
  generic: (): Agent => genericAgent,
} as const;

/** What a session is when nobody names a kind. */
export const STANDARD_KIND: keyof typeof KINDS = "codex";
