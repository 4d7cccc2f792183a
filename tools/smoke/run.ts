import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "../build/pack.ts";
import { CHECKS, Place } from "./checks.ts";
import { type InstalledNode, installNode, REFUSED, SUPPORTED } from "./nodes.ts";

/**
 * Install the packed program and try its main parts on other Nodes than the one the tests run on: `pnpm smoke`, or
 * `pnpm smoke VERSION…`. Prints a line per check and ends with 1 when one failed.
 */
async function main(versions: readonly string[]): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "conveyor-smoke-"));
  const outcome = { passed: 0, failed: 0 };
  const check = async (label: string, test: () => void | Promise<void>) => {
    const began = performance.now();
    try {
      await test();
      outcome.passed += 1;
      process.stdout.write(`ok    ${label} (${Math.round(performance.now() - began)} ms)\n`);
    } catch (error) {
      outcome.failed += 1;
      process.stdout.write(`FAIL  ${label}\n      ${(error as Error).message.trim().replaceAll("\n", "\n      ")}\n`);
    }
  };
  try {
    const tarball = await pack(work);
    for (const wanted of versions.length > 0 ? versions : SUPPORTED) {
      const node = installNode(wanted);
      const place = placeOn(node, join(work, `on-${wanted}`), tarball);
      for (const [name, test] of Object.entries(CHECKS)) await check(`Node ${node.version} ${name}`, () => test(place));
    }
    for (const wanted of versions.length > 0 ? [] : REFUSED) {
      const { version, bin } = installNode(wanted);
      await check(`Node ${version} is refused in the first line`, () => expectRefusal(bin, join(work, "on-latest")));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  process.stdout.write(`${outcome.passed} passed, ${outcome.failed} failed\n`);
  if (outcome.failed > 0) process.exitCode = 1;
}

function placeOn({ bin }: InstalledNode, folder: string, tarball: string): Place {
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  execFileSync("npm", ["install", "--prefix", folder, ...flags, tarball], { env, stdio: ["ignore", "ignore", 2] });
  return new Place(folder, bin);
}

function expectRefusal(bin: string, folder: string): void {
  const launcher = join(folder, "node_modules/agent-conveyor/bin/conveyor");
  const { status, stdout, stderr } = spawnSync(join(bin, "node"), [launcher, "tasks"], { encoding: "utf8" });
  const said = `exit ${status}\n${stdout}${stderr}`;
  if (!/^exit 2\nerror: Conveyor needs Node [\d.]+ or newer; this is Node [\d.]+/.test(said)) throw new Error(said);
}

await main(process.argv.slice(2));
