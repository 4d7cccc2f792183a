import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allOperations } from "../../packages/contracts/src/index.ts";
import { referenceFolder, referencePages } from "./reference.ts";

describe("the reference", () => {
  const pages = referencePages();

  it("is what the contracts say now (`pnpm run docs` writes it)", () => {
    const committed = existsSync(referenceFolder)
      ? readdirSync(referenceFolder).filter((name) => name.endsWith(".md"))
      : [];
    expect(committed.sort()).toEqual([...pages.keys()].sort());
    for (const [name, text] of pages) expect(readFileSync(join(referenceFolder, name), "utf8"), name).toBe(text);
  });

  it("has an entry for every operation", () => {
    const whole = [...pages.values()].join("\n");
    for (const { path, kind, summary, cli } of allOperations()) {
      const form = [cli.command, cli.action, cli.select && `--${cli.select}`].filter((word) => word !== undefined);
      const heading = form.length === 1 ? `## ${cli.command}\n` : `### ${form.join(" ")}\n`;
      expect(whole, path).toContain(heading);
      expect(whole, path).toContain(summary);
      if (kind !== "local") expect(whole, path).toContain(`\`${path}\``);
    }
  });

  it("lists the error codes that the sources raise, with their exit codes", () => {
    const errors = pages.get("errors.md") ?? "";
    expect(errors).toContain("| `usage` | 2 |");
    expect(errors).toContain("| `gate_failed` | 1 |");
    expect(errors).toContain("| `interrupted` | 130 |");
    expect(errors).toContain("| `ledger_unwritable` | 2 |");
  });
});
