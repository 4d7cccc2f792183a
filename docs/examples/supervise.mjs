// A manager: tell the worker what to do and wait for its report. Run it again as often as you like: the message is queued
// once, because it always has the same idempotency key.
// Usage: supervise.mjs TASK MESSAGE
import { connect } from "@conveyor/sdk";

const [task, message] = process.argv.slice(2);
const conveyor = await connect();
const { command_id, deduplicated } = await conveyor.dispatch.enqueueNudgeWorker({
  task,
  message,
  correlation_id: "first-slice",
  idempotency_key: `${task}-first-slice`,
});
console.log(`${deduplicated ? "queued before" : "queued"}: ${command_id}`);

const report = await conveyor.inbox.take({ task, role: "manager", wait_seconds: 600 });
console.log(report === null ? "no report" : `${report.source_session_name}: ${report.payload.message}`);
await conveyor.close();
