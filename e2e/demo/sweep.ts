import { lstatSync, readdirSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/** A demo that began earlier has ended. */
const OLD_MS = 60 * 60 * 1000;

/** Remove what earlier demos of this user left in a temporary folder, so that it does not pile up; the last hour's stays. */
export function sweepEarlierDemos(temporary: string, now: number = Date.now()): string[] {
  const { uid } = userInfo();
  const old = readdirSync(temporary)
    .filter((name) => /^conveyor-demo-[A-Za-z0-9]{6}$/.test(name))
    .map((name) => join(temporary, name))
    .filter((path) => {
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found?.isDirectory() === true && found.uid === uid && now - found.mtimeMs > OLD_MS;
    });
  for (const path of old) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return old;
}
