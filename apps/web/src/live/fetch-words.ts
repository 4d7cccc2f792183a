import { connection } from "./connection.ts";
import type { OutputAt } from "./operations.ts";

/** What a message carries. */
export interface Words {
  message: string | null;
  last_agent_message: string | null;
}

/**
 * Fetch the words of a notification or command; the server notes that they were shown. They are nowhere on the page
 * before, and are not kept after. Rejects when the server does not answer or refuses.
 */
export async function fetchWords(id: string): Promise<Words> {
  return (await connection.client.mutation("dispatch.showMessage", { id })) as OutputAt<"dispatch.showMessage">;
}
