import { readFileSync } from "node:fs";
import { type Conveyor, connect } from "@conveyor/sdk";
import type { Stream } from "./following.ts";

/**
 * A process that follows many live streams, each over a WebSocket of its own. Arguments: url, token file, the streams as
 * JSON. Tells its parent once every stream has given something, and how many items came so far when asked.
 */
const [url = "", token_file = "", plan = "[]"] = process.argv.slice(2);
const streams = JSON.parse(plan) as Stream[];
const token = readFileSync(token_file, "utf8").trim();
let silent = streams.length;
let items = 0;

process.on("message", () => process.send?.({ items }));
process.on("disconnect", () => process.exit(0));

function itemsOf(conveyor: Conveyor, stream: Stream): AsyncIterable<unknown> {
  switch (stream.of) {
    case "inbox":
      return conveyor.inbox.onItem({ session: stream.session });
    case "tasks":
      return conveyor.tasks.onChange({});
    case "sessions":
      return conveyor.sessions.onChange({});
  }
}

async function follow(stream: Stream): Promise<void> {
  let isFirst = true;
  for await (const _item of itemsOf(await connect({ server: url, token }), stream)) {
    items += 1;
    if (!isFirst) continue;
    isFirst = false;
    silent -= 1;
    if (silent === 0) process.send?.({ items });
  }
}

await Promise.all(streams.map(follow));
