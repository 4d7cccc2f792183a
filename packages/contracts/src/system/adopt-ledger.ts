import { z } from "zod";
import { count } from "../common.ts";
import { operation } from "../operation.ts";

/** `adopt-ledger` (spec 00, ruling 9). */
export const adoptLedger = operation({
  path: "system.adoptLedger",
  kind: "mutation",
  summary: "Make a ledger that another host or git brought yours, so that Conveyor acts on what it says",
  ledger: "write",
  refuses: ["confirmation_required"],
  cli: {
    command: "adopt-ledger",
    place: 90,
    prints: "text",
    here: true,
    examples: ["adopt-ledger", "adopt-ledger --yes", "adopt-ledger --yes --keep-terminals"],
    notes: [
      "Until then nothing is typed, started or signalled on behalf of such a ledger; it can be read and written.",
      "Its active sessions lose the terminals and processes recorded of them, because these names mean something else here;",
      "register them again. --keep-terminals is for a ledger of this very machine whose host id was lost.",
      "A ledger that git tracks is asked about again when git changes its file.",
    ].join("\n"),
  },
  input: z.object({
    yes: z.boolean().default(false).describe("do not ask; needed where there is no terminal"),
    keep_terminals: z
      .boolean()
      .default(false)
      .describe("its sessions are on this machine: keep their terminals and processes"),
  }),
  output: z.object({
    adopted: z.boolean().describe("false when it was yours already"),
    ledger_path: z.string(),
    reason: z.enum(["other_host", "no_host", "tracked_by_git"]).nullable().describe("why it was not yours"),
    from_host_id: z.string().nullable().describe("the host it belonged to"),
    host_id: z.string().describe("this host"),
    detached_sessions: count.describe("active sessions that lost their terminal or process"),
    pending_messages: count.describe("messages that wait to be delivered, and now will be"),
  }),
});
