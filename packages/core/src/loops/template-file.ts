import { ConveyorError } from "@conveyor/contracts/errors";
import { nearest } from "@conveyor/contracts/nearest";
import { isEvidenceType } from "./evidence-type.ts";
import { isRuleProblem, readRules } from "./rules.ts";
import type { ArtifactRequirement, LoopTemplate } from "./templates.ts";

/** Templates in one file, and how long a chain of extensions may be. */
const MOST_TEMPLATES = 100;
const NAME = /^[a-z][a-z0-9_-]{0,99}$/;
const MOST_TEXT = 2000;

/** A field of a template file: whether a value is acceptable, and what is said when it is not. */
interface Field {
  fits: (value: unknown) => boolean;
  must: string;
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.trim() !== "" && value.length <= MOST_TEXT;
const isListOf = (fits: (item: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length <= MOST_TEMPLATES && value.every(fits);
const texts: Field = { fits: isListOf(isText), must: "must be a list of texts" };

/** What a template file may say. */
const FIELDS: Readonly<Record<string, Field>> = {
  name: {
    fits: (value) => typeof value === "string" && NAME.test(value),
    must: "must be small letters, digits, _ and -",
  },
  extends: { fits: isText, must: "must name another template" },
  description: { fits: isText, must: "must be a text" },
  max_iterations: {
    fits: (value) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 1_000_000,
    must: "must be a whole number, at least 1",
  },
  required_before_continue: {
    fits: isListOf((type) => typeof type === "string" && isEvidenceType(type)),
    must: "must be a list of evidence types in plain ASCII",
  },
  cleanup_policy: { fits: isText, must: "must be a text such as off, clear or compact" },
  stop_conditions: texts,
  recommended_tools: texts,
  tags: texts,
  artifact_requirements: {
    fits: isRequirements,
    must: "must describe each kind of evidence: type, description, properties, required",
  },
  budgets: {
    fits: (budgets) => !isRuleProblem(readRules({ budgets })),
    must: "must hold whole numbers: max_runtime_minutes, max_blocked_attempts, no_progress_iterations",
  },
  freshness: {
    fits: (freshness) => !isRuleProblem(readRules({ freshness })),
    must: "must be {type: {max_age_minutes, must_match: {key: other type}}}",
  },
  conflict_policy: {
    fits: (value) =>
      isObject(value) &&
      Object.keys(value).join() === "max_retries" &&
      Number.isSafeInteger(value["max_retries"]) &&
      (value["max_retries"] as number) >= 0,
    must: "must be {max_retries: whole number}",
  },
};

const REQUIRED_FIELDS = ["name", "description", "max_iterations", "required_before_continue"] as const;

/**
 * The templates of a file, each whole: what it extends is filled in, from the file itself or by `known`. In the order of the
 * file. Throws `invalid_input` that names template and field, `not_found` for one that is extended and unknown. Pure.
 */
export function readTemplates(document: unknown, known: (name: string) => LoopTemplate | undefined): LoopTemplate[] {
  const wrapped = isObject(document) && "templates" in document;
  if (wrapped && Object.keys(document).length > 1)
    throw wrong("", "templates", "is the only key of a file with several templates");
  const list: unknown = wrapped ? document["templates"] : [document];
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_TEMPLATES) {
    throw wrong("", "templates", `must be a list of 1 to ${MOST_TEMPLATES} templates`);
  }
  const raw = new Map<string, Record<string, unknown>>();
  for (const [index, one] of list.entries()) {
    const fields = checkedFields(one, index);
    const name = fields["name"] as string;
    if (raw.has(name)) throw wrong(name, "name", "stands in the file twice");
    raw.set(name, fields);
  }
  return [...raw.keys()].map((name) => whole(name, raw, known, []));
}

function checkedFields(one: unknown, index: number): Record<string, unknown> {
  const place = `template ${index + 1}`;
  if (!isObject(one)) throw wrong(place, "", "must be an object");
  const name = typeof one["name"] === "string" ? one["name"] : place;
  for (const [key, value] of Object.entries(one)) {
    const field = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    if (field === undefined) {
      const near = nearest(key, Object.keys(FIELDS));
      throw wrong(name, key, `is unknown${near === undefined ? "" : `; did you mean ${near}?`}`);
    }
    if (!field.fits(value)) throw wrong(name, key, field.must);
  }
  if (one["name"] === undefined) throw wrong(place, "name", "is missing");
  return one;
}

/** A template with what it extends; `path` are the names on the way to it. */
function whole(
  name: string,
  raw: ReadonlyMap<string, Record<string, unknown>>,
  known: (name: string) => LoopTemplate | undefined,
  path: readonly string[],
): LoopTemplate {
  if (path.includes(name)) throw wrong(name, "extends", `leads back to itself: ${[...path, name].join(" -> ")}`);
  const { extends: base, ...own } = raw.get(name) as Record<string, unknown>;
  const inherited = base === undefined ? {} : baseOf(base as string, name, raw, known, path);
  const merged: Record<string, unknown> = {
    cleanup_policy: "off",
    stop_conditions: ["max_iterations", "required_evidence"],
    recommended_tools: [],
    tags: [],
    ...inherited,
    ...own,
    artifact_requirements: {
      ...(inherited.artifact_requirements ?? {}),
      ...((own["artifact_requirements"] as object) ?? {}),
    },
  };
  const missing = REQUIRED_FIELDS.find((field) => merged[field] === undefined);
  if (missing !== undefined) throw wrong(name, missing, "is missing");
  return merged as unknown as LoopTemplate;
}

function baseOf(
  base: string,
  name: string,
  raw: ReadonlyMap<string, Record<string, unknown>>,
  known: (name: string) => LoopTemplate | undefined,
  path: readonly string[],
): Partial<LoopTemplate> {
  if (raw.has(base)) return whole(base, raw, known, [...path, name]);
  const found = known(base);
  if (found !== undefined) return found;
  throw new ConveyorError("not_found", `the template ${name} extends ${JSON.stringify(base)}, which does not exist`, {
    hint: "see `conveyor loop-templates --list`",
    details: { kind: "loop_template", reference: base },
  });
}

const REQUIREMENT_KEYS: ReadonlySet<string> = new Set(["type", "description", "properties", "required"]);
const KINDS: ReadonlySet<unknown> = new Set(["object", "path", "number", "string", "boolean"]);
const PROPERTY_KINDS: ReadonlySet<unknown> = new Set(["string", "boolean", "number"]);

function isRequirements(value: unknown): boolean {
  return isObject(value) && Object.entries(value).every(([type, one]) => isEvidenceType(type) && isRequirement(one));
}

function isRequirement(value: unknown): value is ArtifactRequirement {
  if (!isObject(value) || !Object.keys(value).every((key) => REQUIREMENT_KEYS.has(key))) return false;
  const { type, description, properties = {}, required = [] } = value;
  if (!KINDS.has(type) || !isText(description) || !isObject(properties) || !isListOf(isText)(required)) return false;
  const areProperties = Object.values(properties).every(
    (one) =>
      isObject(one) &&
      PROPERTY_KINDS.has(one["type"]) &&
      Object.keys(one).every((key) => key === "type" || (key === "description" && isText(one[key]))),
  );
  return areProperties && (required as string[]).every((name) => Object.hasOwn(properties, name));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function wrong(template: string, field: string, problem: string): ConveyorError {
  const subject = [template, field].filter((part) => part !== "").join(": ");
  return new ConveyorError("invalid_input", `${subject} ${problem}`, {
    hint: "correct the file; `conveyor loop-templates --export NAME` prints one in the right form",
    details: { field, template },
  });
}
