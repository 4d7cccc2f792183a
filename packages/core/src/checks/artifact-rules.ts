import type { ArtifactType } from "@conveyor/contracts/checks/words";
import type { ConveyorError } from "@conveyor/contracts/errors";

/** What must hold of an artifact; each type has its own (spec 09 §9.2). */
export type ArtifactRule =
  | { min_tests: number; must_contain: string[] }
  | { min: number }
  | { pointer: string; equals: unknown }
  | { min_width: number | null; min_height: number | null; format: string | null };

export interface JunitRule {
  min_tests: number;
  must_contain: string[];
}
export interface CoverageRule {
  min: number;
}
export interface JsonRule {
  pointer: string;
  equals: unknown;
}
export interface ImageRule {
  min_width: number | null;
  min_height: number | null;
  format: string | null;
}

type Wrong = (field: string, problem: string) => ConveyorError;
type Given = Readonly<Record<string, unknown>>;

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
const isText = (value: unknown): value is string => typeof value === "string";

/** The rule of each type: the names of its fields, and how it is read. */
const RULES: Readonly<
  Record<ArtifactType, { fields: readonly string[]; read: (given: Given, wrong: Wrong) => ArtifactRule }>
> = {
  junit: {
    fields: ["min_tests", "must_contain"],
    read: ({ min_tests = 1, must_contain = [] }, wrong) => {
      if (!isCount(min_tests)) throw wrong("rule.min_tests", "must be a whole number of at least 0");
      if (!Array.isArray(must_contain) || !must_contain.every(isText))
        throw wrong("rule.must_contain", "must be a list of names of tests");
      return { min_tests, must_contain };
    },
  },
  coverage: {
    fields: ["min"],
    read: ({ min }, wrong) => {
      if (typeof min !== "number" || !(min >= 0 && min <= 1))
        throw wrong("rule.min", "must be the least part of lines that is covered, from 0 to 1");
      return { min };
    },
  },
  json: {
    fields: ["pointer", "equals"],
    read: (given, wrong) => {
      const { pointer, equals } = given;
      if (!isText(pointer) || (pointer !== "" && !pointer.startsWith("/")))
        throw wrong("rule.pointer", "must be a JSON Pointer, such as /result/ok");
      if (!Object.hasOwn(given, "equals")) throw wrong("rule.equals", "is needed");
      return { pointer, equals };
    },
  },
  image: {
    fields: ["min_width", "min_height", "format"],
    read: ({ min_width = null, min_height = null, format = null }, wrong) => {
      if (min_width !== null && !isCount(min_width)) throw wrong("rule.min_width", "must be a number of pixels");
      if (min_height !== null && !isCount(min_height)) throw wrong("rule.min_height", "must be a number of pixels");
      if (format !== null && !isText(format)) throw wrong("rule.format", "must be a text, such as png");
      return { min_width, min_height, format };
    },
  },
};

/** A rule as it is stored, every field there. Throws what `wrong` makes, which names the field. Pure. */
export function artifactRule(type: ArtifactType, given: Given, wrong: Wrong): ArtifactRule {
  const { fields, read } = RULES[type];
  const unknown = Object.keys(given).find((name) => !fields.includes(name));
  if (unknown !== undefined) {
    throw wrong(`rule.${unknown}`, `an artifact of type ${type} has no such rule; it has ${fields.join(", ")}`);
  }
  return read(given, wrong);
}
