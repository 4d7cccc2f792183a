import { connect } from "@conveyor/sdk";

/**
 * A consumer as a process: `waiting-process.ts OPTIONS TASK` waits for a message to the task's worker until it is killed.
 * Says "waiting" once it has asked.
 */
const [options = "{}", task = ""] = process.argv.slice(2);
const conveyor = await connect(JSON.parse(options));
const taken = conveyor.inbox.take({ task, role: "worker", wait_seconds: 600 });
// Asked later: its answer says that the first question has arrived.
await conveyor.inbox.worker({ task });
console.log("waiting");
console.log(JSON.stringify(await taken));
await conveyor.close();
