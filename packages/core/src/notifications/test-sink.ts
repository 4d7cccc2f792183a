import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";
import { sendNotice } from "./send.ts";

/** Send a notification through one sink (spec 10 §10.5). Throws `not_found`, and what the sink throws. */
export async function testSink(
  ctx: HostCtx,
  { sink: name, sinks }: Input<"notifications.testSink">,
): Promise<Output<"notifications.testSink">> {
  const sink = sinks.find((one) => one.name === name);
  if (sink === undefined) {
    const known = sinks.map((one) => one.name);
    throw new ConveyorError("not_found", `the configuration has no sink ${JSON.stringify(name)}`, {
      hint:
        known.length === 0
          ? "add one as a table [[notify.sinks]]; `conveyor config path` says where"
          : `use ${known.join(", ")}`,
      details: { kind: "sink", sink: name, known },
    });
  }
  await sendNotice(ctx, sink, {
    id: `test#${ctx.host.ids.next("notice")}`,
    kind: "finished",
    urgency: "normal",
    title: "conveyor: a test",
    body: "This is what a notification looks like.",
    link: "",
    task: null,
    created_at: ctx.host.clock.iso(),
  });
  return { sink: name, type: sink.type, delivered: true };
}
