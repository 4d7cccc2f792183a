// A worker without a terminal: take one message after the other, waiting for the next, and report on each to the manager.
// Ends when nothing came for a while, or when the task is closed.
// Usage: work-off.mjs TASK [SECONDS]
import { connect } from "@conveyor/sdk";

const [task, seconds = "60"] = process.argv.slice(2);
const conveyor = await connect();
try {
  for (;;) {
    const item = await conveyor.inbox.take({ task, role: "worker", wait_seconds: Number(seconds) });
    if (item === null) break;
    console.log(`working on: ${item.payload.message}`);
    // The message is reported on once, even if this program is run again over the same one.
    await conveyor.dispatch.enqueueNotifyManager({
      task,
      message: `done: ${item.payload.message}`,
      correlation_id: item.correlation_id,
      idempotency_key: `report-on-${item.id}`,
    });
  }
  console.log("nothing left to do");
} catch (error) {
  if (error.code !== "terminal_state") throw error;
  console.log("the task is closed");
}
await conveyor.close();
