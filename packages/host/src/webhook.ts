import { ConveyorError } from "@conveyor/contracts/errors";

/** Of an answer nothing is used; so much is read, so that its sender gets rid of it. */
const MOST_ANSWER_BYTES = 64 * 1024;

export interface Posting {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** For everything together: the connection, the request, the answer. */
  time_limit_ms: number;
  signal?: AbortSignal | undefined;
}

/**
 * Post a text to exactly this address. A redirect is not followed: it would lead to a host that nobody named. Throws
 * `side_effect_failed` (no connection, an answer other than 2xx), `timeout`, `interrupted`. No error holds the body, and of
 * the address only the host: the rest may be a secret.
 */
export async function post({ url, headers, body, time_limit_ms, signal }: Posting): Promise<void> {
  const address = new URL(url);
  const failed = (problem: string, cause?: unknown) =>
    new ConveyorError("side_effect_failed", `${address.host} ${problem}`, { details: { host: address.host }, cause });
  const limit = AbortSignal.timeout(time_limit_ms);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  // Loaded late: what speaks HTTP takes a short command longer to load than all the rest of it.
  const { request: send } = address.protocol === "https:" ? await import("node:https") : await import("node:http");
  try {
    await new Promise<void>((resolve, reject) => {
      const length = String(Buffer.byteLength(body));
      const sent = send(
        address,
        { method: "POST", headers: { ...headers, "content-length": length }, signal: either, agent: false },
        (response) => {
          const { statusCode: status = 0 } = response;
          let bytes = 0;
          response.on("data", (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > MOST_ANSWER_BYTES) response.destroy();
          });
          response.on("error", reject);
          response.on("close", () => {
            if (status >= 200 && status < 300) resolve();
            else if (status >= 300 && status < 400)
              reject(failed(`answered ${status}, a redirect, which is not followed`));
            else reject(failed(`answered ${status}`));
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  } catch (error) {
    if (error instanceof ConveyorError) throw error;
    if (signal?.aborted) throw new ConveyorError("interrupted", "the notification was interrupted", { cause: error });
    if (limit.aborted) {
      const message = `${address.host} did not answer within ${time_limit_ms / 1000} s`;
      throw new ConveyorError("timeout", message, { details: { host: address.host }, cause: error });
    }
    const { code = "no connection" } = error as NodeJS.ErrnoException;
    throw failed(`cannot be reached (${code})`, error);
  }
}
