// Print every message of a session as it arrives, until Ctrl-C. Consumes nothing, and goes on when the server restarts.
// Usage: follow-inbox.mjs SESSION
import { connect } from "@conveyor/sdk";

const [session] = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

const conveyor = await connect();
for await (const item of conveyor.inbox.onItem({ session }, { signal: stop.signal })) {
  console.log(`${item.source_session_name}: ${item.payload.message}`);
}
console.log("stopped");
await conveyor.close();
