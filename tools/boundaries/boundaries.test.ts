import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const RULES = fileURLToPath(new URL("../../.dependency-cruiser.mjs", import.meta.url));

const CORE = "packages/core/src";
const DISPATCH = `${CORE}/dispatch`;

type Arrow = { from: string; to: string; how?: "value" | "type" | "lazily" };

/** What the page on the house forbids, and the rule that says so. */
const FORBIDDEN: [rule: string, arrow: Arrow][] = [
  ["contracts-imports-downwards", { from: "packages/contracts/src/a.ts", to: "packages/files/src/index.ts" }],
  ["core-imports-downwards", { from: `${CORE}/up.ts`, to: "packages/router/src/index.ts" }],
  ["sdk-imports-downwards", { from: "packages/sdk/src/a.ts", to: "packages/core/src/index.ts" }],
  ["sdk-imports-downwards", { from: "packages/sdk/src/b.ts", to: "packages/host/src/index.ts", how: "type" }],
  ["sdk-names-types-of-router", { from: "packages/sdk/src/c.ts", to: "packages/router/src/index.ts" }],
  ["sdk-door-to-router", { from: "packages/sdk/src/link/embedded.ts", to: "packages/host/src/index.ts" }],
  ["router-is-loaded-when-nobody-serves", { from: "packages/sdk/src/d.ts", to: "packages/sdk/src/link/embedded.ts" }],
  ["cli-imports-downwards", { from: "apps/cli/src/a.ts", to: "packages/router/src/index.ts" }],
  ["cli-imports-downwards", { from: "apps/cli/src/b.ts", to: "apps/server/src/index.ts", how: "lazily" }],
  ["cli-door-to-server", { from: "apps/cli/src/system/serve.ts", to: "packages/core/src/index.ts" }],
  ["server-is-loaded-when-it-is-served", { from: "apps/cli/src/system/serve.ts", to: "apps/server/src/index.ts" }],
  ["web-imports-downwards", { from: "apps/web/src/a.ts", to: "packages/sdk/src/index.ts", how: "type" }],
  ["page-takes-types", { from: "apps/web/src/b.ts", to: "packages/contracts/src/index.ts" }],
  ["through-the-front-door", { from: "apps/server/src/a.ts", to: `${DISPATCH}/push/a.ts` }],
  [
    "kinds-of-agents-are-a-table",
    { from: "packages/host/src/agents/index.ts", to: "packages/host/src/agents/codex/a.ts" },
  ],
  [
    "a-kind-of-agent-keeps-to-itself",
    { from: "packages/host/src/agents/generic/a.ts", to: "packages/host/src/agents/codex/b.ts" },
  ],
  ["areas-have-insides", { from: `${CORE}/inbox/a.ts`, to: `${DISPATCH}/push/a.ts` }],
  ["dispatch-delivery-imports-downwards", { from: `${DISPATCH}/delivery/a.ts`, to: `${DISPATCH}/push/a.ts` }],
  ["dispatch-push-imports-downwards", { from: `${DISPATCH}/push/b.ts`, to: `${DISPATCH}/completions/a.ts` }],
  ["dispatch-completions-imports-downwards", { from: `${DISPATCH}/completions/b.ts`, to: `${DISPATCH}/pass/a.ts` }],
  ["dispatch-pass-imports-downwards", { from: `${DISPATCH}/pass/b.ts`, to: `${DISPATCH}/watch/a.ts`, how: "type" }],
  ["dispatch-watch-imports-downwards", { from: `${DISPATCH}/watch/b.ts`, to: `${DISPATCH}/queue/a.ts` }],
  ["dispatch-status-imports-downwards", { from: `${DISPATCH}/status/b.ts`, to: `${DISPATCH}/watch/a.ts` }],
  ["dispatch-queue-imports-downwards", { from: `${DISPATCH}/queue/b.ts`, to: `${DISPATCH}/run.ts` }],
  ["dispatch-log-imports-downwards", { from: `${DISPATCH}/log/b.ts`, to: `${DISPATCH}/delivery/z.ts` }],
  ["dispatch-liveness.ts-imports-downwards", { from: `${DISPATCH}/liveness.ts`, to: `${DISPATCH}/run.ts` }],
];

/** What it allows, by which a rule that forbids too much shows itself. */
const ALLOWED: Arrow[] = [
  { from: "packages/sdk/src/e.ts", to: "packages/router/src/index.ts", how: "type" },
  { from: "packages/sdk/src/f.ts", to: "packages/sdk/src/link/embedded.ts", how: "lazily" },
  { from: "apps/cli/src/system/serve.ts", to: "packages/sdk/src/index.ts" },
  { from: "apps/web/src/c.ts", to: "packages/contracts/src/index.ts", how: "type" },
  { from: "apps/web/src/d.ts", to: "packages/contracts/src/agent-phases.ts" },
  { from: "apps/server/src/b.ts", to: `${DISPATCH}/run.ts` },
  { from: `${CORE}/inbox/b.ts`, to: `${DISPATCH}/run.ts` },
  { from: `${DISPATCH}/run.ts`, to: `${DISPATCH}/watch/a.ts` },
  { from: `${DISPATCH}/pass/c.ts`, to: `${DISPATCH}/delivery/z.ts` },
  { from: `${DISPATCH}/status/c.ts`, to: `${DISPATCH}/liveness.ts` },
  { from: `${DISPATCH}/delivery/c.test.ts`, to: `${DISPATCH}/watch/a.ts` },
];

/** A circle of types alone. */
const CIRCLE: Arrow[] = [
  { from: `${CORE}/shared/egg.ts`, to: `${CORE}/shared/hen.ts`, how: "type" },
  { from: `${CORE}/shared/hen.ts`, to: `${CORE}/shared/egg.ts`, how: "type" },
];

describe("the boundaries of the house", () => {
  let root: string;
  let broken: string[];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "conveyor-boundaries-"));
    build(root, [...FORBIDDEN.map(([, arrow]) => arrow), ...ALLOWED, ...CIRCLE]);
    const { tsConfig: _ofTheHouse, ...options } = await extractDepcruiseOptions(RULES);
    const result = await cruise(["packages", "apps"], { ...options, baseDir: root });
    const { violations } = (result.output as ICruiseResult).summary;
    broken = violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(FORBIDDEN)("%s", (rule, { from, to }) => {
    expect(broken).toContain(`${rule}: ${from} → ${to}`);
  });

  it("no file reaches itself, through types neither", () => {
    expect(broken.filter((one) => one.startsWith("no-cycles"))).toEqual([
      expect.stringMatching(/shared\/(egg|hen)\.ts → .*shared\/(egg|hen)\.ts$/),
    ]);
  });

  it.each(ALLOWED)("$from may import $to", ({ from, to }) => {
    expect(broken.filter((one) => one.endsWith(`: ${from} → ${to}`))).toEqual([]);
  });
});

/** Write a file for each end of every arrow, and the import that makes the arrow. */
function build(root: string, arrows: readonly Arrow[]): void {
  const files = new Map<string, string[]>();
  for (const { from, to, how = "value" } of arrows) {
    const lines = files.get(from) ?? [];
    if (!files.has(to)) files.set(to, []);
    files.set(from, [...lines, line(specifier(from, to), how, lines.length)]);
  }
  for (const [file, lines] of files) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ["export interface It {}", "export const it = 1;", ...lines, ""].join("\n"));
  }
}

function specifier(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

function line(path: string, how: NonNullable<Arrow["how"]>, n: number): string {
  if (how === "lazily") return `export const lazily${n} = () => import("${path}");`;
  return how === "type" ? `export type { It as It${n} } from "${path}";` : `export { it as it${n} } from "${path}";`;
}
