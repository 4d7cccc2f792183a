import { z } from "zod";
import { newName, reference } from "../bounds.ts";
import { cli, operation } from "../operation.ts";

/** `dashboard` (spec 06 §6.6): serve the page of a ledger, and say where it is. */
export const dashboard = operation({
  path: "system.dashboard",
  kind: "local",
  summary: "Serve the page of this ledger until interrupted, and say where it is",
  ledger: "create",
  refuses: ["conflict", "port_in_use", "side_effect_failed", "timeout"],
  cli: {
    command: "dashboard",
    place: 50,
    prints: "text",
    examples: ["dashboard", "dashboard --task auth --ensure-dispatch", "dashboard --dry-run --json"],
    notes: [
      "Where a server runs for the ledger already, its page is named and nothing is started.",
      "Opening the page starts nothing that acts; --ensure-dispatch does, for as long as this runs.",
    ].join("\n"),
  },
  input: z.object({
    task: reference.optional().describe("task that the page opens with"),
    campaign: reference.optional().describe("campaign that the page opens with"),
    ensure_dispatch: z.boolean().default(false).describe("carry messages too, unless somebody does under this name"),
    dispatcher_id: newName(128).default("dispatch-dashboard").describe("name of the dispatcher to reuse or to run"),
    host: z.string().min(1).max(253).default("127.0.0.1").describe("address to listen on; of this machine only"),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe("port to listen on. Default: 8797, or a free one when that is taken"),
    workerctl_path: z
      .string()
      .max(4096)
      .optional()
      .describe("kept for those who still give it; nothing is started by it"),
    db_path: cli(z.string().max(4096), { path: true, placeholder: "file" })
      .optional()
      .describe("ledger file, as --path"),
    dry_run: z.boolean().default(false).describe("say what would be started, and start nothing"),
  }),
  output: z.object({
    task: z.string().nullable(),
    campaign: z.string().nullable(),
    host: z.string(),
    port: z.int(),
    url: z.string().describe("where the page is, with what it opens with"),
    ensure_dispatch: z.boolean(),
    command: z.array(z.string()).describe("argv that serves it"),
    dispatch_command: z.array(z.string()).nullable().describe("argv that would carry messages alike; null without"),
  }),
});
