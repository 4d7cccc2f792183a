import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ServerRecord, serverFiles } from "@conveyor/files";

/** Write the record by which clients find a server beside this ledger, as a server with these properties would. */
export function announceServer(ledger_path: string, known: Pick<ServerRecord, "pid"> & Partial<ServerRecord>): void {
  const record: ServerRecord = {
    pid_started_at: null,
    socket: join(dirname(ledger_path), "server.sock"),
    url: "http://127.0.0.1:8797",
    version: "1.2.3",
    ledger_path,
    started_at: "2026-01-01T00:00:00.000Z",
    protocol: 1,
    dispatch: true,
    durable: false,
    ...known,
  };
  writeFileSync(serverFiles(ledger_path).discovery, JSON.stringify(record));
}
