import { describe, expect, it } from "vitest";
import { plantedSecrets } from "../testing/planted-secrets.ts";
import { allForms, formsWithin } from "./known.ts";
import { maskSecrets } from "./mask.ts";

describe("maskSecrets", () => {
  it.each(plantedSecrets())("masks %s", (_what, text, secret) => {
    const masked = maskSecrets(text);
    expect(masked).not.toContain(secret);
    for (let from = 0; from + 12 < secret.length; from += 1)
      expect(masked).not.toContain(secret.slice(from, from + 12));
    expect(maskSecrets(`see ${text}, then go on`)).toContain("[masked]");
    expect(maskSecrets(`{"a":${JSON.stringify(text)}}`)).not.toContain(secret);
  });

  it.each([
    ["use sk-abcdefghijklmnop1234 now", "use [masked] now"],
    ["curl -H 'Authorization: Bearer abc123def456'", "curl -H 'Authorization: Bearer [masked]'"],
    ["postgres://ada:hunter2@db.example.com/x", "postgres://ada:[masked]@db.example.com/x"],
    ["DB_PASSWORD=hunter2 npm test", "DB_PASSWORD=[masked] npm test"],
    ['{"client_secret": "a1b2c3d4"}', '{"client_secret": "[masked]"}'],
    ["password=password", "password=[masked]"],
  ])("leaves what stands around it: %s", (text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
  });

  it.each([
    "task-skill and eyJ",
    "task-1f2e3d4c-5b6a-7988-a0b1-c2d3e4f5a6b7",
    "the token is the one that we agreed on",
    "tokens used: 1,024",
    "password: must not be blank",
    "ada@example.com",
    "mailto:ada@example.com",
    "git@github.com:owner/repository.git",
    "https://example.com:8443/path",
    "Bearer authentication",
    "@conveyor/contracts",
    "2026-01-01T00:00:00.000Z",
    "0123456789abcdef0123456789abcdef01234567",
    "risk-assessment-of-the-whole-thing",
    "npm_config_cache",
  ])("leaves ordinary text alone: %s", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it("masks texts under telling keys at any depth, structures too, and leaves numbers and what is hidden already", () => {
    const given = {
      a: [{ api_key: "x", tokens: 3, identity_token: "[REDACTED]", session_token: "" }],
      password: "p",
      credentials: { user: "ada", pin: 12 },
      passwd: ["a"],
      privateKey: "k",
    };
    expect(maskSecrets(given)).toEqual({
      a: [{ api_key: "[masked]", tokens: 3, identity_token: "[REDACTED]", session_token: "" }],
      password: "[masked]",
      credentials: { user: "[masked]", pin: 12 },
      passwd: ["[masked]"],
      privateKey: "[masked]",
    });
  });

  it("masks a key that is a secret itself", () => {
    expect(maskSecrets({ ghp_abcdefghijklmnop1234: 1 })).toEqual({ "[masked]": 1 });
  });

  it("answers with the value itself when there is nothing to hide", () => {
    const given = { a: [1, "text", { b: null }], when: "2026-01-01T00:00:00.000Z" };
    expect(maskSecrets(given)).toBe(given);
  });

  it("keeps a member whose name means something else to the language", () => {
    const given = JSON.parse('{"__proto__": {"secret": "x"}, "constructor": 1}');
    expect(JSON.stringify(maskSecrets(given))).toBe('{"__proto__":{"secret":"[masked]"},"constructor":1}');
  });

  it("hides what is nested too deeply to be looked at", () => {
    let given: unknown = "ghp_abcdefghijklmnop1234";
    for (let level = 0; level < 50_000; level += 1) given = [given];
    expect(() => maskSecrets(given)).not.toThrow();
  });

  it("is not slow on text that is made to be slow", () => {
    const texts = [
      "a".repeat(200_000),
      "token".repeat(40_000),
      "a:".repeat(100_000),
      "://:".repeat(50_000),
      "eyJ".repeat(60_000),
      "a.".repeat(100_000),
    ];
    for (const text of texts) expect(maskSecrets(`${text}@`).length).toBeGreaterThan(0);
  }, 5_000);

  it.each(allForms().map((form) => [form.of, form] as const))(
    "takes no longer than the text is long: %s",
    (_of, form) => {
      const beginnings = plantedSecrets().flatMap(([, text]) =>
        text.search(form.pattern) < 0 ? [] : [text.slice(0, -1)],
      );
      const pieces = [...form.keywords, ...beginnings.slice(0, 2)].flatMap((piece) => [
        piece,
        `${piece}a`,
        `${piece}:`,
        `a.${piece}`,
        `https://${piece}`,
        `${piece}${"a".repeat(300)}`,
        `${piece}${"a-".repeat(40)}.`,
      ]);
      for (const piece of pieces) {
        const text = piece.repeat(Math.ceil(100_000 / piece.length));
        const before = process.cpuUsage().user;
        text.replace(form.pattern, "");
        expect((process.cpuUsage().user - before) / 1000, `${form.pattern} on ${piece}`).toBeLessThan(1_000);
      }
    },
    60_000,
  );

  it("looks through many short texts about as fast as through one long one", () => {
    const texts = Array.from(
      { length: 20_000 },
      (_, index) => `ran step ${index} of the plan in packages/core/src/step-${index}.ts`,
    );
    const spent = (work: () => void) => {
      const before = process.cpuUsage().user;
      work();
      return process.cpuUsage().user - before;
    };
    const ratios = [1, 2, 3].map(() => spent(() => maskSecrets(texts)) / spent(() => maskSecrets(texts.join("\n"))));
    expect(Math.min(...ratios)).toBeLessThan(5);
  });

  it("finds the form of everything that is planted by its keywords, and something is planted of every form", () => {
    const planted = plantedSecrets().map(([, text]) => text);
    const found = new Set(
      planted.flatMap((text) => formsWithin(text).filter(({ pattern }) => text.search(pattern) >= 0)),
    );
    expect(allForms().flatMap((form) => (found.has(form) ? [] : [`${form.of}: ${form.pattern}`]))).toEqual([]);
    for (const text of planted) {
      const all = allForms().filter(({ pattern }) => text.search(pattern) >= 0);
      expect(formsWithin(text)).toEqual(expect.arrayContaining(all));
    }
  });
});
