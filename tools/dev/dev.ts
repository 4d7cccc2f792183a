import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { join } from "node:path";
import { build as viteBuild } from "vite";
import { type Consequence, consequenceOf, stronger, WATCHED } from "./changes.ts";
import { devPlace, repository } from "./place.ts";

/** Editors write a file in several steps, and version control many files at once, in milliseconds. */
const SETTLING_MS = 120;
const TSX = ["--import", import.meta.resolve("tsx")];
const GENERATORS = ["tools/contracts/registry.ts", "tools/prisma/generate.ts", "tools/cli/manifest.ts"];

const say = (text: string) => process.stdout.write(`dev: ${text}\n`);
const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

/** Run the generators from the sources as they are now; false when one of them failed, which it has then said. */
async function generated(): Promise<boolean> {
  for (const tool of GENERATORS) {
    const child = spawn(process.execPath, [...TSX, join(repository, tool)], { stdio: ["ignore", "ignore", "inherit"] });
    const [code] = await once(child, "exit");
    if (code !== 0) return false;
  }
  return true;
}

/** The server from the sources, one process after the other. */
class Server {
  #child: ChildProcess | undefined;

  start(): void {
    const child = spawn(process.execPath, [...TSX, join(repository, "tools/dev/serve.ts")], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.once("exit", () => {
      if (this.#child === child) say("the server has ended; it starts again after the next change");
    });
    this.#child = child;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || !isRunning(child)) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

/** Calls `renew` with what changed files ask for, one call after the other, and never while files still change. */
function onChanges(renew: (what: Consequence) => Promise<void>): () => void {
  let due: Consequence = "none";
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  const act = async () => {
    if (busy || due === "none") return;
    const what = due;
    due = "none";
    busy = true;
    await renew(what);
    busy = false;
    await act();
  };
  const watchers = WATCHED.map((folder) =>
    watch(join(repository, folder), { recursive: true }, (_event, name) => {
      if (name === null) return;
      const consequence = consequenceOf(join(folder, name));
      if (consequence === "none") return;
      due = stronger(due, consequence);
      clearTimeout(timer);
      timer = setTimeout(() => void act(), SETTLING_MS);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** Build the page now and whenever one of its files changes. */
async function watchPage(page: string): Promise<() => Promise<void>> {
  const watcher = await viteBuild({
    root: join(repository, "apps/web"),
    logLevel: "warn",
    build: { outDir: page, emptyOutDir: true, watch: {} },
  });
  if (!("on" in watcher)) throw new Error("the page is not watched");
  watcher.on("event", (event) => {
    if (event.code === "END") say("the page is built; reload it");
    if (event.code === "ERROR") process.stderr.write(`${event.error.message}\n`);
  });
  return async () => {
    await watcher.close();
  };
}

/** `pnpm dev`: server and page from the sources, renewed as files change, until a signal ends both. */
async function main(): Promise<void> {
  const { page, ledger_path } = devPlace();
  say(`the ledger is ${ledger_path}; \`pnpm cli\` is the command line on it; Ctrl-C ends everything`);
  const ended = Promise.race((["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => once(process, signal)));
  const closePage = await watchPage(page);
  const server = new Server();
  if (await generated()) server.start();
  let ending = false;
  const closeSources = onChanges(async (what) => {
    if (what === "generate" && !(await generated())) return;
    await server.stop();
    if (!ending) server.start();
  });
  await ended;
  ending = true;
  closeSources();
  await Promise.all([server.stop(), closePage()]);
}

await main();
process.exit(0);
