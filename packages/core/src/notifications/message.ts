import { createHmac } from "node:crypto";
import type { NoticeSink } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/contracts/json";

/** What a sink is given. It holds no content: one line that says what happened, and where to look. */
export interface NoticeMessage {
  /** The same in every try, so that a receiver can tell that it has it already. */
  id: string;
  kind: string;
  urgency: string;
  title: string;
  body: string;
  link: string;
  task: string | null;
  created_at: string;
}

type Webhook = Extract<NoticeSink, { type: "webhook" }>;

const EMOJI: Readonly<Record<string, string>> = { high: "‼️", normal: "🔔", low: "ℹ️" };
const NTFY_PRIORITY: Readonly<Record<string, string>> = { high: "5", normal: "3", low: "2" };
const JSON_TYPE = "application/json; charset=utf-8";

/** Body and own headers of each template. Pure. */
const TEMPLATES: Readonly<
  Record<
    NonNullable<Webhook["template"]>,
    (message: NoticeMessage) => { body: string; headers: Record<string, string> }
  >
> = {
  json: (message) => ({ body: canonicalJson(message), headers: { "content-type": JSON_TYPE } }),
  slack: (message) => ({
    body: JSON.stringify({
      text: `${EMOJI[message.urgency]} *${slackText(message.title)}*\n${slackText(message.body)}\n${message.link}`,
    }),
    headers: { "content-type": JSON_TYPE },
  }),
  discord: ({ title, body, link }) => ({
    // Nobody is called by what stands in a text.
    body: JSON.stringify({ content: `**${title}**\n${body}\n${link}`, allowed_mentions: { parse: [] } }),
    headers: { "content-type": JSON_TYPE },
  }),
  ntfy: ({ title, body, link, urgency, kind }) => ({
    body,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      title: headerText(title),
      priority: NTFY_PRIORITY[urgency] ?? "3",
      tags: kind,
      click: headerText(link),
    },
  }),
};

/**
 * What is posted to a webhook. With a secret the header `conveyor-signature` holds `t=<seconds>,v1=<hex>`, the HMAC-SHA-256
 * of `<seconds>.<body>`. Pure.
 */
export function webhookPost(
  { template = "json", secret }: Pick<Webhook, "template" | "secret">,
  message: NoticeMessage,
  now: Date,
): { body: string; headers: Record<string, string> } {
  const { body, headers } = TEMPLATES[template](message);
  const seconds = Math.floor(now.getTime() / 1000);
  const signature: Record<string, string> =
    secret === undefined
      ? {}
      : {
          "conveyor-signature": `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`,
        };
  return { body, headers: { ...headers, "conveyor-notification": headerText(message.id), ...signature } };
}

/** Slack reads these three as markup. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A header holds plain letters on one line; what is none of these is written as RFC 2047 has it. */
function headerText(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return /^[\x20-\x7e]*$/.test(line) ? line : `=?UTF-8?B?${Buffer.from(line).toString("base64")}?=`;
}
