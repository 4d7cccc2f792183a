import { PERMISSION_ACTIONS } from "@conveyor/contracts";
import { PERMISSION_ALIASES } from "@conveyor/contracts/contract/permissions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayHappen } from "./may.ts";
import { noPermissions } from "./permissions.ts";

describe("whether something may happen", () => {
  it.each([
    ["there is no config", undefined, "repo.open_pr", ["missing_manager_config"]],
    ["it is not granted", noPermissions(), "repo.open_pr", ["permission_not_enabled"]],
    ["it is granted", { repo: ["open_pr"] }, "repo.open_pr", []],
    [
      "an alias is granted in half",
      { worker_session: ["compact"] },
      "worker_compact_clear",
      ["permission_not_enabled"],
    ],
    ["an alias is granted whole", { worker_session: ["clear", "compact"] }, "worker_compact_clear", []],
    ["there is no such permission", { repo: ["open_pr"] }, "repo.fly", ["permission_not_enabled"]],
    ["a category is asked for", { repo: ["open_pr"] }, "repo", ["permission_not_enabled"]],
    ["the grant is a word", { "repo.open_pr": "true" }, "repo.open_pr", ["permission_not_enabled"]],
    ["the permissions are a list", ["repo.open_pr"], "repo.open_pr", ["permission_not_enabled"]],
  ])("when %s", (_what, permissions, action, reasons) => {
    expect(mayHappen({ permissions, handoff_id: 1 }, { action })).toEqual({ allowed: reasons.length === 0, reasons });
  });

  it("needs a handoff where one is demanded, beside the permission", () => {
    const ask = (permissions: unknown, handoff_id: unknown) =>
      mayHappen({ permissions, handoff_id }, { action: "repo.open_pr", require_handoff: true }).reasons;
    expect(ask({ repo: ["open_pr"] }, 3)).toEqual([]);
    expect(ask({ repo: ["open_pr"] }, null)).toEqual(["missing_worker_handoff"]);
    expect(ask(undefined, null)).toEqual(["missing_manager_config", "missing_worker_handoff"]);
    for (const malformed of ["3", 0, -1, 1.5, Number.NaN, {}, true, undefined]) {
      expect(ask({ repo: ["open_pr"] }, malformed)).toEqual(["missing_worker_handoff"]);
    }
  });

  const names = [...PERMISSION_ACTIONS, ...Object.keys(PERMISSION_ALIASES)];

  it("is never granted by anything but an exact grant", () => {
    const nearly = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true, withSet: true }),
      fc.dictionary(fc.constantFrom(...names, "repo", "worker_session", "context"), fc.anything()),
      fc.dictionary(fc.constantFrom(...names), fc.constantFrom(1, "true", "yes", null, [], {}, "1", false)),
    );
    fc.assert(
      fc.property(nearly, fc.constantFrom(...names, "", "*", "repo", "__proto__", "repo.*"), (permissions, action) => {
        const { allowed } = mayHappen({ permissions, handoff_id: 1 }, { action });
        if (!allowed) return;
        // Whatever is allowed is granted by `true`, or by a list of texts that holds the very action.
        const given = permissions as Record<string, unknown>;
        for (const wanted of PERMISSION_ALIASES[action] ?? [action]) {
          const [category = "", name = ""] = wanted.split(".");
          const list = given[category];
          const listed = Array.isArray(list) && list.every((own) => typeof own === "string") && list.includes(name);
          const aliases = Object.entries(PERMISSION_ALIASES).filter(([, all]) => all.includes(wanted));
          const named = [wanted, ...aliases.map(([alias]) => alias)].some((own) => given[own] === true);
          expect(listed || named).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
