import { describe, expect, it } from "vitest";
import { directory } from "../../packages/contracts/src/directory.ts";
import type { AnyOperation, OperationPath } from "../../packages/contracts/src/index.ts";
import { allOperations } from "../../packages/contracts/src/registry.ts";
import type { Schema } from "../cli/describe.ts";
import { answerContentOf, markedFields, type Place, walk } from "./content.ts";

/** Names under which content stands wherever a text has one. */
const TELLING =
  /^(?:content|output|text|segment_text|message|last_agent_message|prompt|task_prompt|followup|send_text|contract|subject|body|payload)$/;

/**
 * Fields that by name or form could hold content and hold none, and why (spec 07 §7.7.1). A new field that could is content,
 * or gets a row.
 */
const METADATA: readonly [field: RegExp, why: string][] = [
  [/[ /](threshold_)?evidence$/, "evidence of a criterion is shown with it"],
  [/[ /]channel_briefs\/\*\/brief$/, "a brief is for the manager and the workers of the campaign to read"],
  [/[ /]manager_decision\/decision\/payload$/, "a closing decision names what was stopped"],
  [/[ /](latest_run|busy_wait|metadata|checks\/\*|schema_health|loop_policy\/artifact_requirements)$/, "facts"],
  [/ envelopes\/\*\/payload$/, "a signed statement, which holds nothing that anything printed"],
  [/[ /](check|checks\/\*)\/spec$/, "what a check does is for whoever accepts it to read"],
  [/[ /](item|items\/\*)\/(refs|subject)$/, "ids and words of the program: what an operator is asked"],
  [/^contract\.configHistory /, "the contract, which is shown"],
  [/^criteria\.history /, "what a criterion says is shown with it"],
  [/[ /]correlation_chains\/\*$/, "ids and states"],
  [/^telemetry\.summary by_/, "counts"],
  [/^notifications\.(list \*\/body|statusLine text)$/, "one line that says what happened, as telemetry does; counts"],
  [/[ /]alerts\/\*\/message$/, "an alert is made of counts, names and names of patterns by the program"],
  [/^transcripts\.prune by_kind$/, "counts"],
  [/[ /](processed\/\*|delivery)$/, "what became of a command: codes, ids and times"],
  [
    /[ /](wakeups|actions|next_actions|suggestions|automation_specs)\/\*\/prompt$/,
    "made of names by the program, to be run as it is",
  ],
  [/[ /]heartbeat_recommendations\/(worker|manager)\/prompt$/, "made of names by the program"],
  [/[ /]manager_context\/criteria_negotiation\/prompt$/, "made of names by the program"],
  [
    /[ /]manager_context\/(manager_config|worker_ack|manager_ack|worker_handoff)$/,
    "a cycle is for the manager that asks",
  ],
  [/^qa\.plan evidence_template$/, "a form to be filled in"],
  [/[ /]workers\/\*\/status$/, "what a worker said of itself is shown"],
];

const operations = allOperations().filter(({ kind }) => kind !== "local");

/** The fields of a schema that could hold content and are not marked. */
function undecided(path: string, schema: AnyOperation["output"]): string[] {
  const marked = markedFields(schema as unknown as Schema).map(({ at }) => at.join("/"));
  const found = new Set<string>();
  walk(schema as unknown as Schema, [], (place) => {
    const at = place.at.join("/");
    if (marked.some((one) => one === at || at.startsWith(`${one}/`))) return "enough";
    if (couldHoldContent(place)) found.add(`${path} ${at}`);
    return "deeper";
  });
  return [...found].filter((field) => !METADATA.some(([known]) => known.test(field)));
}

function couldHoldContent({ at, own: { def } }: Place): boolean {
  const name = at.filter((step) => step !== "*").at(-1) ?? "";
  if (def.type === "string") return TELLING.test(name);
  if (def.type === "record") return isLoose(def["valueType"]);
  return isLoose(def["catchall"]) || (isLoose({ def }) && at.length > 0 && at.at(-1) !== "*");
}

function isLoose(schema: unknown): boolean {
  const type = (schema as Schema | undefined)?.def.type;
  return type === "unknown" || type === "any";
}

describe("content in contracts", () => {
  it.each(operations.map((op) => [op.path, op] as const))(
    "every field of %s that could hold content is decided",
    (path, op) => {
      expect(undecided(path, op.output)).toEqual([]);
    },
  );

  it("has no row for a field that is gone", () => {
    const all = operations.flatMap((op) => {
      const fields: string[] = [];
      walk(op.output as unknown as Schema, [], ({ at }) => {
        fields.push(`${op.path} ${at.join("/")}`);
        return "deeper";
      });
      return fields;
    });
    expect(METADATA.filter(([field]) => !all.some((one) => field.test(one))).map(([field]) => String(field))).toEqual(
      [],
    );
  });

  it("marks what is typed, sent and answered: every input under a telling name", () => {
    const inputs = operations.flatMap(({ path, input }) => {
      const marked = new Set(markedFields(input as unknown as Schema).map(({ at }) => at[0]));
      return Object.keys(input.shape).flatMap((name) =>
        TELLING.test(name) && !marked.has(name) ? [`${path} ${name}`] : [],
      );
    });
    expect(inputs).toEqual([]);
  });

  it("hides what is marked wherever an operation does not say that its answer is meant for the one who asks", () => {
    for (const op of operations) {
      const marked = markedFields(op.output as unknown as Schema);
      const { content } = directory[op.path as OperationPath];
      expect(content, op.path).toEqual(answerContentOf(op));
      expect(content === undefined, op.path).toBe(op.shows_content === true || marked.length === 0);
      if (op.shows_content)
        expect(marked.length, `${op.path} says that it shows content and has none`).toBeGreaterThan(0);
    }
  });

  it("has content behind every flag that asks for it", () => {
    const flagged = operations.filter(({ input }) => "include_content" in input.shape);
    expect(flagged.length).toBeGreaterThan(5);
    for (const op of flagged) expect(answerContentOf(op)?.flag, op.path).toBe("include_content");
  });
});
