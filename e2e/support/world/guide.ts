import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { blocksOf } from "./markdown.ts";
import { start, told } from "./process.ts";
import { REPOSITORY, type World } from "./world.ts";

/**
 * Type the blocks `sh <mark>` of a guide in `docs/guides` one after another, each as one script of a shell that stops at the
 * first failure, and return what each printed. `as` may change a script before it is typed. Fails with what was printed when
 * one does not end with 0.
 */
export async function typeGuide(
  world: World,
  guide: string,
  mark: string,
  as: (script: string) => string = (script) => script,
): Promise<string[]> {
  const text = readFileSync(join(REPOSITORY, "docs/guides", guide), "utf8");
  const printed: string[] = [];
  for (const block of blocksOf(text).filter(({ info }) => info === `sh ${mark}`)) {
    const options = { cwd: world.project, env: world.callerEnv };
    const ran = await (await start(["bash", "-eo", "pipefail", "-c", as(block.text)], options)).done;
    expect(ran.code, told(ran)).toBe(0);
    printed.push(ran.stdout);
  }
  return printed;
}
