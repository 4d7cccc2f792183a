import { fileLog } from "../log.ts";
import { runServer } from "../run.ts";

/** Runs a server as a process: `serve-process.ts LEDGER [PORT]`. The first line it prints is its URL or its error code. */
const [ledger_path, port = "0"] = process.argv.slice(2);
if (ledger_path === undefined) throw new Error("name the ledger");
try {
  await runServer({
    ledger_path,
    port: Number(port),
    log: await fileLog(`${ledger_path}.log`),
    onReady: ({ url }) => console.log(url),
  });
} catch (error) {
  console.log((error as { code: string }).code);
  console.error((error as Error).message);
  process.exitCode = 2;
}
