import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

function messageText({ message, last_agent_message }: Output<"dispatch.showMessage">): string {
  return lines(message ?? "it carries no words", last_agent_message !== null && `\n${last_agent_message}`);
}

/** `dispatch show`: the words of one message. */
export const showMessage = presents("dispatch.showMessage", { text: messageText });
