import { describe, expect, it } from "vitest";
import { LISTED_FORMS } from "../../packages/store/src/secrets/listed.ts";
import { listedForms } from "./listed.ts";
import { literalsOf } from "./literals.ts";

describe("the list of secrets", () => {
  it("is what the installed package looks for: `pnpm run secrets` writes it anew", () => {
    expect(LISTED_FORMS).toEqual(listedForms());
  });

  it("names no group but the value that is masked", () => {
    for (const { source } of LISTED_FORMS) expect(source.replaceAll("(?<value>", "")).not.toMatch(/\(\?<[a-z]/);
  });
});

describe("literalsOf", () => {
  it.each([
    ["abc[0-9]+", "g", ["abc"]],
    ["(?:ghp|gho)_[a-z]{3}", "g", ["gho_", "ghp_"]],
    ["x?[a-z]+TOKEN", "g", ["TOKEN"]],
    ["x?[a-z]+TOKEN", "gi", ["token"]],
    ["a(?:b|c)?d{2,}longer", "g", ["longer"]],
    ["(?<!\\p{L})[JT]WT-", "u", ["JWT-", "TWT-"]],
    ["https?://", "g", ["http://", "https://"]],
    ["[a-z]+", "g", undefined],
    ["(?:abc)?", "g", undefined],
    ["abc|[0-9]", "g", undefined],
  ])("of %s %s", (source, flags, expected) => {
    expect(literalsOf(source, flags)).toEqual(expected);
  });
});
