import { join } from "node:path";
import { fileLog, runServer, startDispatch } from "../../apps/server/src/index.ts";
import { programPrefix, serverFiles } from "../../packages/sdk/src/link.ts";
import { devPlace, repository } from "./place.ts";

// The server of `pnpm dev`, from the sources. It ends with the process that started it.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));

const { ledger_path, page } = devPlace();
await runServer({
  ledger_path,
  // A link or a bookmark stays right over all restarts only while the port does.
  port: Number(process.env["CONVEYOR_DEV_PORT"] || 8798),
  web_root: page,
  dispatch: startDispatch,
  log: await fileLog(serverFiles(ledger_path).log),
  // Agents type the built program: what is being changed may not run at all. Dispatchers are the sources.
  program: programPrefix({ invoked: join(repository, "bin/conveyor"), env: process.env }),
  self: [process.execPath, join(repository, "tools/dev/conveyor.mjs")],
  onReady: (server) => process.stdout.write(`dev: serving ${server.url}\ndev: open ${server.createLoginUrl()}\n`),
});
process.exit(0);
