// Wait for a message no longer than you want to: an AbortSignal ends any call and any stream. Whatever goes wrong is a
// ConveyorError; its code says what, its hint what to do.
// Usage: give-up.mjs SESSION SECONDS
import { ConveyorError, connect } from "@conveyor/sdk";

const [session, seconds] = process.argv.slice(2);
const conveyor = await connect();
const signal = AbortSignal.timeout(1000 * Number(seconds));
try {
  const item = await conveyor.inbox.take({ session, wait_seconds: 3600 }, { signal });
  console.log(`taken: ${item.payload.message}`);
} catch (error) {
  if (!(error instanceof ConveyorError)) throw error;
  console.log(`${error.code}: ${error.message}${error.hint === null ? "" : ` (${error.hint})`}`);
}
await conveyor.close();
