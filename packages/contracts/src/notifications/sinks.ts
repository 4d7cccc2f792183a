import { z } from "zod";
import { NOTICE_KINDS, URGENCIES } from "./words.ts";

const common = {
  name: z
    .string()
    .max(40)
    .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "must be small letters, digits, - and _")
    .describe("how it is called in `notify list` and `notify test`"),
  kinds: z
    .array(z.enum(NOTICE_KINDS))
    .min(1)
    .max(NOTICE_KINDS.length)
    .optional()
    .describe("only these kinds; default all"),
  tasks: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(200)
    .optional()
    .describe("only these tasks, by name; default all"),
  urgency: z.enum(URGENCIES).optional().describe("only what is at least so urgent; default low"),
};

const program = z.array(z.string().min(1).max(8192)).min(1).max(100);

/** A web address: http or https, without a name or a password in it. */
const webAddress = z
  .string()
  .max(2000)
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  }, "must be an http or https address without a password in it");

/** Who is told, and how (spec 10 §10.5). */
export const noticeSink = z.discriminatedUnion("type", [
  z.strictObject({
    ...common,
    type: z.literal("command"),
    argv: program.describe("program and arguments; it gets the notification as JSON on standard input"),
    timeout_seconds: z.int().min(1).max(300).optional().describe("how long it may take; default 10"),
  }),
  z.strictObject({ ...common, type: z.literal("desktop") }),
  z.strictObject({
    ...common,
    type: z.literal("webhook"),
    url: webAddress.describe("where it is posted; nothing else is ever asked, redirects are not followed"),
    template: z.enum(["json", "slack", "discord", "ntfy"]).optional().describe("form of the body; default json"),
    secret: z.string().min(16).max(200).optional().describe("key of the HMAC in the header conveyor-signature"),
    timeout_seconds: z.int().min(1).max(60).optional().describe("how long an answer may take; default 10"),
  }),
]);
export type NoticeSink = z.infer<typeof noticeSink>;

export const noticeSinks = z
  .array(noticeSink)
  .max(20)
  .refine((sinks) => new Set(sinks.map(({ name }) => name)).size === sinks.length, "must not have two of one name");

/** A span of the day, in local time; it may pass midnight. */
export const quietHours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "must be a span such as 22:00-07:00");

/** What a configuration says of notifications. */
export interface NotifySettings {
  sinks: readonly NoticeSink[];
  quiet_hours: string | null;
}
