import { describe, expect, it } from "vitest";
import { operations } from "./registry.ts";

const problem = (
  operation: { input: { safeParse(value: unknown): { error?: { issues: { message: string }[] } } } },
  value: unknown,
) => operation.input.safeParse(value).error?.issues[0]?.message;

describe("what a schema says of a wrong value", () => {
  const { tasks, criteria, sessions, dispatch, inbox } = operations;
  it.each([
    ["an empty name", tasks.create, { name: "", goal: "g" }, "must not be empty"],
    ["a blank goal", tasks.create, { name: "a", goal: " " }, "must not be blank"],
    ["nothing where text is needed", tasks.create, { name: "a" }, "is missing"],
    ["a number where text is needed", tasks.create, { name: 4, goal: "g" }, "must be text"],
    ["text where a switch is needed", tasks.list, { active: "yes" }, "must be true or false"],
    ["half a number", dispatch.overview, { limit: 1.5 }, "must be a whole number"],
    ["too small a number", dispatch.overview, { limit: 0 }, "must be at least 1"],
    ["too large a number", dispatch.overview, { limit: 1000 }, "must be at most 100"],
    ["a word outside an enumeration", sessions.list, { role: "boss" }, "must be one of worker, manager"],
    ["a list that is none", sessions.list, { name: "ada" }, "must be a list"],
    ["an item without its number", criteria.satisfy, { task: "a", proof: "p" }, "is missing"],
    ["a wait that is no number", inbox.worker, { task: "a", wait: true, timeout: "long" }, "must be a number"],
  ] as const)("%s", (_what, operation, value, message) => {
    expect(problem(operation, value)).toBe(message);
  });
});
