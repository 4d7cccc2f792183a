import { type ConveyorError, connect } from "@conveyor/sdk";

/**
 * A client as a process: `client-process.ts LEDGER` creates a task, lists the tasks, prints what came of it and does not
 * close its connection.
 */
const [path] = process.argv.slice(2);
const conveyor = await connect({ path });
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: ConveyorError) => error.toBody(),
  );
const created = await outcome(conveyor.tasks.create({ name: "auth", goal: "g" }));
const listed = await outcome(conveyor.tasks.list({}));
console.log(JSON.stringify({ mode: conveyor.mode, created, listed }));
