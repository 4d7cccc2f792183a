import { z } from "zod";

type Issue = z.core.$ZodRawIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** `at least 1 character`, `at most 3 items`: how much of a thing is allowed. */
function amount(which: "at least" | "at most", limit: number | bigint, noun: string): string {
  return `must have ${which} ${limit} ${noun}${Number(limit) === 1 ? "" : "s"}`;
}

function bound(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  const [which, limit] =
    issue.code === "too_small" ? (["at least", issue.minimum] as const) : (["at most", issue.maximum] as const);
  switch (issue.origin) {
    case "string":
      return which === "at least" && Number(limit) === 1 ? "must not be empty" : amount(which, limit, "character");
    case "array":
    case "set":
      return amount(which, limit, "item");
    default:
      if (issue.inclusive === false) return `must be ${which === "at least" ? "more" : "less"} than ${limit}`;
      return `must be ${which} ${limit}`;
  }
}

/** What is wrong with a value, in words for whoever typed it; undefined leaves it to the schema or to zod. */
function wording(issue: Issue): string | undefined {
  switch (issue.code) {
    case "too_small":
    case "too_big":
      return bound(issue as Extract<Issue, { code: "too_small" | "too_big" }>);
    case "invalid_type":
      if (issue.input === undefined) return "is missing";
      return `must be ${TYPES[String(issue["expected"])] ?? String(issue["expected"])}`;
    case "invalid_value":
      return `must be one of ${(issue["values"] as readonly unknown[]).map(String).join(", ")}`;
    case "unrecognized_keys":
      return `has no field ${(issue["keys"] as readonly string[]).map((key) => JSON.stringify(key)).join(", ")}`;
    default:
      return undefined;
  }
}

/** Have every schema speak to people; what a schema says for itself stays. Done once, when schemas are first loaded. */
z.config({ customError: (issue) => wording(issue) });
