// Create a task, bind two registered sessions to it, and wait until the worker has finished a turn.
import { connect } from "@conveyor/sdk";

const conveyor = await connect();
await conveyor.tasks.create({ name: "parser", goal: "the parser rejects empty input" });
await conveyor.bindings.bind({ task: "parser", worker: "ada", manager: "bob" });
for await (const item of conveyor.inbox.onItem({ task: "parser", role: "manager" })) {
  console.log(`${item.source_session_name}: ${item.signal_type}`);
  break;
}
await conveyor.close();
