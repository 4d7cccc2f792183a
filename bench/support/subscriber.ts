import { readFileSync } from "node:fs";
import { connect } from "@conveyor/sdk";

/**
 * A process that follows an inbox and tells its parent when it got what: over a WebSocket, or at a ledger by itself.
 * Arguments: url and token file, or the ledger and nothing; session. A message of the parent itself is answered with the time it came, which is the floor.
 */
const [where = "", token_file = "", session = ""] = process.argv.slice(2);
const conveyor = await connect(
  token_file === "" ? { path: where } : { server: where, token: readFileSync(token_file, "utf8").trim() },
);
const tell = (about: string) => process.send?.({ about, at: String(process.hrtime.bigint()) });

process.on("message", (about: string) => tell(about));
process.on("disconnect", () => process.exit(0));

tell("ready");
for await (const { correlation_id } of conveyor.inbox.onItem({ session })) tell(correlation_id ?? "");
