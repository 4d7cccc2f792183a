import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENTS } from "../../packages/contracts/src/events/catalogue.ts";
import { allOperations } from "../../packages/contracts/src/index.ts";
import { refusals } from "../../packages/contracts/src/refusals.ts";
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

  it("tells of every event, and what each of its attributes means", () => {
    const events = pages.get("events.md") ?? "";
    for (const name of Object.keys(EVENTS)) expect(events).toContain(`\n## ${name}\n`);
    expect(events.split("\n").filter((line) => line.endsWith("|  |"))).toEqual([]);
  });

  it("lists every error code, with exit code and HTTP status", () => {
    const errors = pages.get("errors.md") ?? "";
    for (const [code, { exit, http }] of Object.entries(refusals)) {
      expect(errors).toContain(`| \`${code}\` | ${exit} | ${http} |`);
    }
  });
});
