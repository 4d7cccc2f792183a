import type { Input, Output, SetupQuestion } from "@conveyor/contracts";
import { PERMISSIONS } from "@conveyor/contracts/contract/permissions";
import { COMPLETION_MODES, EPILOGUE_STEPS, SUPERVISION_MODES } from "@conveyor/contracts/contract/words";
import type { Ctx } from "../ctx.ts";
import { CUSTOM_RECIPE, MANAGER_RECIPES } from "../loops/recipes.ts";
import { resolveTask } from "../shared/references.ts";
import { configChangesOf } from "./config-changes.ts";
import { assertRevision } from "./configure.ts";
import { type ManagerPolicy, mergeManagerConfig } from "./merge-config.ts";
import { findManagerConfig } from "./record-config.ts";

/** A question without what the ledger says. */
type Asked = Omit<SetupQuestion, "default">;

const sorted = (words: readonly string[]): string[] => [...words].sort();

/** The set-up, in its order (spec 04 §4.2.2). Each id is a field of the config. */
const QUESTIONS: readonly Asked[] = [
  {
    id: "recipe_name",
    kind: "choice",
    question: "Which ready-made way to supervise fits this work?",
    help: "`conveyor manager-recipes --list` tells what each one is for; custom takes none. A recipe grants nothing by itself.",
    choices: [...sorted(MANAGER_RECIPES.map(({ slug }) => slug)), CUSTOM_RECIPE],
  },
  {
    id: "supervision_mode",
    kind: "choice",
    question: "How structured should supervision be?",
    help: "light: an occasional look at how it goes. guided: ordinary nudges between steps. strict: the acceptance criteria decide about every pass.",
    choices: sorted(SUPERVISION_MODES),
  },
  {
    id: "objective",
    kind: "text",
    question: "What is the manager to work towards, and what does it check the work against?",
    help: "Name the source of truth: a requirements document, a plan file, a mock-up, an issue, the goal of the branch, or a checklist.",
  },
  {
    id: "guidelines",
    kind: "list",
    question: "Which limits are there to how the manager steers the worker?",
    help: "For example: stay inside the parser package; do not interrupt while tests run; ask before a dependency is added.",
  },
  {
    id: "acceptance_criteria",
    kind: "list",
    question: "What should the manager check again and again?",
    help: "For example: the test suite is green; no new warnings; each change of behaviour has a test that failed before.",
  },
  {
    id: "reference_paths",
    kind: "list",
    question: "Which files or addresses should be kept at hand?",
  },
  {
    id: "permissions",
    kind: "categorized_permissions",
    question: "Which of these may the manager instruct without asking again?",
    help: "What is not named is denied.",
    choices: Object.fromEntries(Object.entries(PERMISSIONS).map(([category, actions]) => [category, sorted(actions)])),
  },
  {
    id: "tools",
    kind: "list",
    question: "Which tools do you expect to be used for checks and for context?",
  },
  {
    id: "epilogues",
    kind: "choice_list",
    question: "Which steps have to be taken before the task is finished?",
    choices: sorted(EPILOGUE_STEPS),
  },
  {
    id: "nudge_on_completion",
    kind: "choice",
    question: "What happens when the worker is done and there are proposals for what comes next?",
    help: "off: nothing is asked. ask-operator: a person decides. auto-review: an independent review runs by itself, and disagreement goes to a person. auto-proceed: the same, but disagreement alone stops nothing.",
    choices: sorted(COMPLETION_MODES),
  },
  {
    id: "require_acks",
    kind: "boolean",
    question: "Should every look at the worker be refused until both sides have acknowledged the contract?",
  },
];

/** The questions with the answers that a config gives them. Pure. */
export function questionsOf(policy: ManagerPolicy): SetupQuestion[] {
  return QUESTIONS.map(({ id, kind, question, help, choices }) => ({
    id,
    kind,
    question,
    default: policy[id],
    ...(help !== undefined && { help }),
    ...(choices !== undefined && { choices }),
  }));
}

/**
 * The set-up questions of a task with its present answers, or those that the given flags would lead to; writes nothing
 * (spec 04 §4.2.2). Throws what `configure` throws.
 */
export async function questions(ctx: Ctx, input: Input<"contract.questions">): Promise<Output<"contract.questions">> {
  const changes = configChangesOf(input);
  return ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const config = await findManagerConfig(tx, id);
    assertRevision(input.expect_revision, config);
    return {
      task: { id, name },
      recommended_collection: "manager_codex_chat",
      fallback_collection: "conveyor manager-config --interactive",
      questions: questionsOf(mergeManagerConfig(config, changes).policy),
    };
  });
}
