import type { NoticeSink } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson } from "@conveyor/contracts/json";
import { execChecked, post } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { type NoticeMessage, webhookPost } from "./message.ts";

/** How long a sink may take when the configuration does not say, in seconds. */
const LIMIT_SECONDS = 10;
/** What a program prints is read and dropped; so much is kept for its complaint, in bytes. */
const MOST_OUTPUT_BYTES = 4096;

type Sending = Pick<HostCtx, "host" | "signal">;
type Of<Type extends NoticeSink["type"]> = Extract<NoticeSink, { type: Type }>;

/** How each kind of sink is told. A new kind is a new row. */
const WAYS: { [Type in NoticeSink["type"]]: (ctx: Sending, sink: Of<Type>, message: NoticeMessage) => Promise<void> } =
  {
    async command({ host, signal }, { argv, timeout_seconds = LIMIT_SECONDS }, message) {
      await execChecked(argv, {
        input: `${canonicalJson(message)}\n`,
        time_limit_ms: timeout_seconds * 1000,
        max_output_bytes: MOST_OUTPUT_BYTES,
        env: host.env,
        signal,
      });
    },
    async desktop({ host, signal }, _sink, message) {
      const limits = {
        time_limit_ms: LIMIT_SECONDS * 1000,
        max_output_bytes: MOST_OUTPUT_BYTES,
        env: host.env,
        signal,
      };
      await execChecked(desktopArgv(process.platform, message), limits);
    },
    async webhook({ host, signal }, sink, message) {
      const { url, timeout_seconds = LIMIT_SECONDS } = sink;
      const posting = webhookPost(sink, message, host.clock.now());
      await post({ url, ...posting, time_limit_ms: timeout_seconds * 1000, signal });
    },
  };

/**
 * Tell one sink, once. Throws `tool_missing`, `side_effect_failed`, `timeout`, `interrupted`, `unsupported_platform`,
 * `foreign_ledger`; no error holds anything of the message.
 */
export async function sendNotice(ctx: Sending, sink: NoticeSink, message: NoticeMessage): Promise<void> {
  await ctx.host.mayAct();
  await (WAYS[sink.type] as (ctx: Sending, sink: NoticeSink, message: NoticeMessage) => Promise<void>)(
    ctx,
    sink,
    message,
  );
}

const URGENCY: Readonly<Record<string, string>> = { high: "critical", normal: "normal", low: "low" };

/** The program that shows a notification on this system. Texts are arguments, never part of a script. */
export function desktopArgv(platform: NodeJS.Platform, { title, body, urgency }: NoticeMessage): string[] {
  if (platform === "darwin") {
    const script = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run";
    return ["osascript", "-e", script, title, body];
  }
  if (platform === "win32") {
    throw new ConveyorError("unsupported_platform", "there is no way to show a notification on this system", {
      hint: "use a sink of the type command or webhook",
    });
  }
  return ["notify-send", `--urgency=${URGENCY[urgency] ?? "normal"}`, "--app-name=conveyor", "--", title, body];
}
