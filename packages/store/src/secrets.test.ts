import { describe, expect, it } from "vitest";
import { maskSecrets } from "./secrets.ts";

describe("maskSecrets", () => {
  it.each([
    ["a provider key", "use sk-abcdefghijklmnop1234 now", "use [masked] now"],
    ["a repository token", "ghp_abcdefghijklmnop1234", "[masked]"],
    ["a web token", "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh y", "x [masked] y"],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", "[masked]"],
    ["ordinary text that begins alike", "task-skill and eyJ", "task-skill and eyJ"],
  ])("masks %s", (_what, text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
  });

  it("masks texts under telling keys at any depth and leaves numbers and empty texts", () => {
    const given = { a: [{ api_key: "x", tokens: 3, identity_token: "" }], password: "p" };
    expect(maskSecrets(given)).toEqual({
      a: [{ api_key: "[masked]", tokens: 3, identity_token: "" }],
      password: "[masked]",
    });
  });

  it("keeps a member whose name means something else to the language", () => {
    const given = JSON.parse('{"__proto__": {"secret": "x"}, "constructor": 1}');
    expect(JSON.stringify(maskSecrets(given))).toBe('{"__proto__":{"secret":"[masked]"},"constructor":1}');
  });
});
