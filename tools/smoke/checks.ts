import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build/build.ts";

/** One installation of the packed program, on one Node. */
export class Place {
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    readonly folder: string,
    readonly bin: string,
  ) {
    const { LANG, USER } = process.env;
    const path = `${bin}:${join(folder, "node_modules/.bin")}:${process.env["PATH"]}`;
    this.#env = { LANG, USER, HOME: folder, TMPDIR: process.env["TMPDIR"], PATH: path, CONVEYOR_STATE_ROOT: folder };
  }

  run(words: readonly string[], cwd = this.folder): SpawnSyncReturns<string> {
    const [program = "", ...argv] = words;
    return spawnSync(program, argv, { cwd, env: this.#env, encoding: "utf8", timeout: 120_000 });
  }

  /** What a command prints. Throws when its exit code is another than 0. */
  says(...argv: string[]): string {
    return printed(this.run(["conveyor", ...argv]));
  }
}

/** Standard output of a process that ended well. Throws with what it said otherwise. */
export function printed({ status, signal, stdout, stderr, error }: SpawnSyncReturns<string>): string {
  if (status !== 0) throw new Error(`exit ${status ?? signal ?? error?.message}\n${stdout}${stderr}`);
  return stdout;
}

function expectToMatch(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`expected ${pattern} in:\n${text.slice(0, 2_000)}`);
}

/** How many short commands in a row must all end well: a crash while a process leaves shows in one of some dozens. */
const SHORT_COMMANDS = 200;

/** What must work on every supported Node, in this order, in one installation. */
export const CHECKS: Readonly<Record<string, (place: Place) => void | Promise<void>>> = {
  "starts and knows itself": (place) => {
    expectToMatch(place.says("--version"), /^conveyor \d/);
    expectToMatch(place.says("--help"), /usage: conveyor <command>/);
    expectToMatch(printed(place.run(["agent-conveyor", "--version"])), /^conveyor \d/);
  },

  "keeps a ledger": (place) => {
    place.says("tasks", "--create", "smoke", "--goal", "see that it works");
    expectToMatch(place.says("tasks", "--json"), /"name": "smoke"/);
    expectToMatch(place.says("db-doctor", "--json"), /"ok": true/);
  },

  "carries a message": (place) => {
    place.says("create-disposable-binding", "carried", "--goal", "a message arrives");
    place.says("enqueue-nudge-worker", "carried", "--message", "begin");
    expectToMatch(place.says("dispatch", "--once", "--json"), /"state": "pull_required"/);
    expectToMatch(place.says("worker-inbox", "carried", "--consume-next", "--json"), /begin/);
  },

  "serves commands and the page": async (place) => {
    place.says("serve", "--detach", "--port", "0");
    try {
      const [url = ""] = /http:\/\/[^"\s]+/.exec(place.says("serve", "--status", "--json")) ?? [];
      expectToMatch(place.says("tasks", "--json"), /"name": "smoke"/);
      const page = await fetch(url);
      if (page.status !== 200) throw new Error(`the page answers ${page.status}`);
      expectToMatch(await page.text(), /id="root"/);
    } finally {
      place.says("serve", "--stop");
    }
  },

  "answers a script": (place) => {
    const script = `import { connect } from "agent-conveyor";
      const conveyor = await connect();
      console.log((await conveyor.tasks.list()).map(({ name }) => name).join());
      await conveyor.close();`;
    writeFileSync(join(place.folder, "script.mjs"), script);
    expectToMatch(printed(place.run(["node", "script.mjs"])), /smoke/);
  },

  [`ends ${SHORT_COMMANDS} short commands in a row with exit 0`]: (place) => {
    for (let count = 0; count < SHORT_COMMANDS; count += 1) {
      if (count % 2 === 0) place.says("tasks", "--create", `short-${count}`, "--goal", "end well");
      else place.says("tasks", "--json");
    }
  },

  "plays the demo": (place) => {
    const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
    expectToMatch(place.run(["node", tsx, join(root, "e2e/demo/run.ts")], root).stderr, /audit greeting/);
  },
};
