import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { brokenBecause, chaptersIn, referencesIn, specReferences } from "./spec-references.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const folder = join(root, "docs/spec");
const chapters = chaptersIn(folder);

describe("the specification that comments cite", () => {
  it("is where they say", () => {
    const references = specReferences(root);
    expect(references.length).toBeGreaterThan(700);
    const broken = references.flatMap((reference) => {
      const why = brokenBecause(reference, chapters);
      return why === null ? [] : [`${reference.file}:${reference.line}: ${why}`];
    });
    expect(broken).toEqual([]);
  });

  it("has no number of a section twice in a chapter", () => {
    expect([...chapters.values()].flatMap(({ path, twice }) => twice.map((number) => `${path} §${number}`))).toEqual(
      [],
    );
  });

  it("is listed in the index of the documentation, chapter by chapter", () => {
    const index = readFileSync(join(root, "docs/README.md"), "utf8");
    expect(readdirSync(folder).filter((name) => !index.includes(`spec/${name}`))).toEqual([]);
  });
});

describe("what counts as a reference", () => {
  const places = (text: string) =>
    referencesIn("f", text).map(({ line, chapter, section, item, name }) =>
      [line, chapter, section, item, name].filter((part) => part !== null).join(" "),
    );

  it.each([
    ["(spec 03 §6.11).", ["1 03 6.11"]],
    ["(spec 03 §6.11, §7.1; 02 §8.13)", ["1 03 6.11", "1 03 7.1", "1 02 8.13"]],
    ["(spec 03 §13 items 6 and 7)", ["1 03 13 6", "1 03 13 7"]],
    ["(spec 00, ruling 9; 05 §2.2). Pure.", ["1 00 9 Rulings", "1 05 2.2"]],
    ['(spec 06 §6.1, "Wake action")', ["1 06 6.1 Wake action"]],
    ["(spec 00, Time and order). Rows", ["1 00 Time and order"]],
    ["spec 08 and 3 more", ["1 08"]],
    ["/**\n * It ends (spec 01\n * §6.13).\n */", ["2 01 6.13"]],
    ["a spec of 5 lines, spec 123", []],
  ])("reads %j", (text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it("says why one leads nowhere", () => {
    const why = (text: string) =>
      referencesIn("f", `spec ${text}`).map((reference) => brokenBecause(reference, chapters));
    expect(why("99 §1; 03 §99.1; 03 §13 item 99")).toEqual([
      "there is no chapter 99",
      "chapter 03 has no section 99.1",
      "there is no item 99 in 03 §13",
    ]);
    expect(why("00, Nonsense.")).toEqual(['chapter 00 has no heading or bold words "Nonsense"']);
    expect(why("00, ruling 99")).toEqual(["there is no item 99 in 00, Rulings"]);
  });
});
