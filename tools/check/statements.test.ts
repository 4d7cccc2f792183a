import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What deals with whole databases: before there is a ledger, while it is migrated or checked, as another's is taken over, or as rows leave and enter it. */
const WHOLE_DATABASES = /^packages\/store\/src\/(schema|earlier|exports)\//;
/** The connection itself: its transactions, what it says of itself, and the cache of its statements. */
const CONNECTION = /^packages\/store\/src\/(handle|connection|store|changes|prisma|transaction|ledger-files)\.ts$/;

const sources = globSync("{packages,apps}/*/src/**/*.{ts,tsx}").filter(
  (file) => !/\.test\.tsx?$|\/testing(\/|\.ts$)|\/generated\//.test(file),
);
const matching = (pattern: RegExp) => sources.filter((file) => pattern.test(readFileSync(file, "utf8")));

it("a hand-written statement of a transaction says whether it is hot, atomic or a search", () => {
  const marked = matching(/\.sql\.(hot|atomic|search)\(/);
  expect(marked.length).toBeGreaterThan(30);
  expect(marked.filter((file) => !file.startsWith("packages/store/src/"))).toEqual([]);
});

it("a statement without a mark is one of the connection or of a whole database", () => {
  const unmarked = matching(/\.prepare\(|\bprepared\(/);
  expect(unmarked.filter((file) => !WHOLE_DATABASES.test(file) && !CONNECTION.test(file))).toEqual([]);
});

it("Prisma is asked in its own words, never in SQL", () => {
  expect(matching(/\$(queryRaw|executeRaw)/)).toEqual([]);
});
