/**
 * Record anew what the real program shows: `npx tsx e2e/support/codex/record-panes.ts`. Writes `panes/*.txt` and
 * `panes/titles.json` beside this file, with paths and times made neutral.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { killTmuxServer } from "../scripted-agent/pane.ts";
import { startScriptedModel } from "../scripted-model/model.ts";
import { codexCacheFolder, installCodex } from "./install.ts";
import { codexHome, startCodexInTmux } from "./launch.ts";
import { playScenario, type Screen } from "./scenario.ts";

const PANES = fileURLToPath(new URL("./panes", import.meta.url));

/** Leave out what differs from machine to machine and from day to day, the logo, and long runs of blank lines. */
function neutral(text: string, cwd: string): string {
  return text
    .replaceAll(cwd, "/home/dev/project")
    .replaceAll(cwd.replace(homedir(), "~"), "/home/dev/project")
    .replaceAll(basename(cwd), "project")
    .replaceAll(hostname(), "host")
    .replace(/ • \d\d:\d\d$/gm, " • 09:38")
    .replace(/resets at \d\d:\d\d/g, "resets at 10:38")
    .replace(/again at \d+:\d\d [AP]M/g, "again at 10:38 AM")
    .replace(/\n {2}└ Tip: .*/g, "")
    .replace(/^[ \u2800-\u28ff]*[\u2801-\u28ff][ \u2800-\u28ff]*\n/gm, "")
    .replace(/\n{5,}/g, "\n\n\n\n");
}

async function record(): Promise<void> {
  const codex = await installCodex();
  if (!codex.ok) throw new Error(codex.reason);
  mkdirSync(codexCacheFolder(), { recursive: true });
  const cwd = mkdtempSync(join(codexCacheFolder(), "project-"));
  execFileSync("git", ["init", "-q", cwd]);
  const model = await startScriptedModel({ default_answer: "First answer." });
  const home = await codexHome({ model_url: model.url });
  const tmux_socket = `conveyor-record-${process.pid}`;
  const start = { codex_path: codex.path, tmux_socket, session: "record", cwd, codex_home: home.path };
  const running = await startCodexInTmux({ ...start, prompt: "hello worker", columns: 120, rows: 50 });
  const screens: Screen[] = [];
  try {
    await playScenario(running, model, (screen) => screens.push(screen));
  } catch (error) {
    process.stderr.write(`${await running.pane.text().catch(() => "the pane is gone")}\n`);
    throw error;
  } finally {
    await killTmuxServer(tmux_socket);
    await model.close();
    await home.remove();
    rmSync(cwd, { recursive: true, force: true });
  }
  mkdirSync(PANES, { recursive: true });
  for (const screen of screens)
    writeFileSync(join(PANES, `v${codex.version}-${screen.name}.txt`), `${neutral(screen.text, cwd)}\n`);
  const titles = Object.fromEntries(screens.map((screen) => [screen.name, neutral(screen.title, cwd)]));
  writeFileSync(join(PANES, "titles.json"), `${JSON.stringify(titles, null, 2)}\n`);
}

await record();
