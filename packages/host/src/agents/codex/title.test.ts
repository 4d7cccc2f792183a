import { describe, expect, it } from "vitest";
import { recordedPanes, titleFixtures } from "../../../fixtures/index.ts";
import { paneTitleMeaning, threadNameOfTitle, titleNamesThread } from "./title.ts";

describe("paneTitleMeaning", () => {
  it("reads the titles that Codex sets", () => {
    const titles = titleFixtures();
    expect(paneTitleMeaning(titles.idle)).toBe("idle");
    expect(titles.busy.map(paneTitleMeaning)).toEqual(titles.busy.map(() => "busy"));
    expect(titles.waiting_on_human.map(paneTitleMeaning)).toEqual(["waiting_on_human", "waiting_on_human"]);
    expect(paneTitleMeaning("")).toBeNull();
    expect(paneTitleMeaning(null)).toBeNull();
  });

  it.each(["Action required: fix it | p", "see [ ! ] Action Required | p", "a ⠹ b | p", "Action Required | p"])(
    "takes the name of a thread for content: %s",
    (title) => expect(paneTitleMeaning(title)).toBe("idle"),
  );
});

describe("the name of the thread", () => {
  it.each([
    ["hello worker | project", "hello worker"],
    ["⠹ hello worker | project", "hello worker"],
    ["[ ! ] Action Required | hello worker | project", "hello worker"],
    ["[ . ] Action Required | Action required: fix the parser | project", "Action required: fix the parser"],
    ["a | b | project", "a | b"],
    ["Press enter to continue is missing on the for... | project", "Press enter to continue is missing on the for..."],
    ["project", null],
    ["⠹ project", null],
    ["[ ! ] Action Required | project", null],
    ["", null],
    [null, null],
  ])("of the title %j is %j", (title, name) => {
    expect(threadNameOfTitle(title)).toBe(name);
  });

  it("is in every recorded title that has one", () => {
    const named = recordedPanes("0.171").filter(({ title }) => title?.includes("hello worker"));
    expect(named.length).toBeGreaterThan(30);
    for (const { title } of named) expect(titleNamesThread(title, "hello worker")).toBe(true);
  });

  it.each([
    ["hello worker | project", "hello worker", true],
    ["⠹ hello worker | project", "hello  worker\n", true],
    ["hello worker | project", "hello", false],
    ["hello wor... | project", "hello worker", true],
    ["hello wor... | project", "hello there", false],
    ["... | project", "anything", false],
    ["wait... | project", "wait...", true],
    ["project", "project", null],
    [null, "hello", null],
  ])("in %j agrees with %j: %s", (title, name, agrees) => {
    expect(titleNamesThread(title, name)).toBe(agrees);
  });
});
