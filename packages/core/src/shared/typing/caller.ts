import { lookups } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import type { Author } from "./author.ts";

/**
 * Whose words the text of a command is: a person's, unless an agent runs the command. An agent tells everything that it runs
 * which thread it is; that of a registered session gives its name (ruling 1 of spec 00). An agent that hides its thread
 * counts as a person, so this tells people whose words they read and is no guard: that nothing in a text acts as a command
 * does not depend on its author.
 */
export async function authorOfCaller({ settings, store }: Ctx): Promise<Author> {
  const { caller_thread_id } = settings;
  if (caller_thread_id === undefined) return { kind: "operator" };
  const session = await store.peek((tx) => lookups.sessionOfThread(tx, caller_thread_id));
  if (session === undefined) return { kind: "agent" };
  return { kind: "session", name: session.name, role: session.role, item_id: null };
}
