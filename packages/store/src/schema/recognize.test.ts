import { describe, expect, it } from "vitest";
import { type LedgerKind, recognize } from "./recognize.ts";

describe("recognising a database", () => {
  const own = ["_prisma_migrations", "ledger_info", "schema_migrations", "tasks"];
  const cases: [string, number, string[], LedgerKind][] = [
    ["an empty database", 0, [], "empty"],
    ["a ledger of this version", 28, own, "current"],
    ["a ledger of an earlier version of ours", 27, own, "older"],
    ["a ledger of a later version of ours", 29, own, "newer"],
    ["a version mark beyond ours, whatever the tables", 900, ["places"], "newer"],
    ["a ledger of the earlier tool", 26, ["schema_migrations", "tasks"], "earlier_tool"],
    ["the earlier tool's first version", 1, ["schema_migrations"], "earlier_tool"],
    ["an unmarked ledger of the earlier tool", 0, ["schema_migrations", "tasks", "commands"], "earlier_tool"],
    ["a web application that also counts migrations", 0, ["schema_migrations", "users"], "foreign"],
    ["an unmarked database with tables", 0, ["notes"], "foreign"],
    ["another program's version mark", 5, ["notes"], "foreign"],
    ["our version mark without our tables", 28, ["notes"], "foreign"],
    ["a version mark without tables", 7, [], "foreign"],
  ];

  it.each(cases)("%s", (_what, user_version, tables, kind) => {
    expect(recognize({ user_version, tables: new Set(tables), supported: 28 })).toBe(kind);
  });
});
