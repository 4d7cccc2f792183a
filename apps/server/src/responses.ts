import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { ConveyorError } from "@conveyor/contracts/errors";
import { refusals } from "@conveyor/contracts/refusals";
import { answerTooLarge } from "@conveyor/sdk/link";
import { hangUp } from "./connections.ts";
import type { Refusal } from "./request-guard.ts";

/** An error as tRPC's client reads it, so that a refusal arrives as the same typed error as any other. */
function errorText({ code, message, hint }: Refusal): string {
  const conveyor = new ConveyorError(code, message, { hint }).toBody();
  return JSON.stringify({
    error: { message, code: -32001, data: { code: code.toUpperCase(), httpStatus: 0, conveyor } },
  });
}

const statusOf = ({ code, status }: Refusal) => status ?? refusals[code].http;

/** Refuse a request. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  // What was sent with it is not read, so the connection cannot be used again.
  response.setHeader("connection", "close");
  sendError(response, refusal);
}

/** Answer with a typed error. */
export function sendError(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(statusOf(refusal), { "content-type": "application/json" });
  response.end(errorText(refusal));
}

/** Answer with a document that nobody keeps. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** Answer with a text of our own. */
export function sendText(response: ServerResponse, kind: "html" | "javascript", text: string): void {
  response.writeHead(200, { "content-type": `text/${kind}; charset=utf-8` });
  response.end(text);
}

/**
 * Refuse an answer that no client reads, before its first byte: tRPC hands a whole document over at once. A stream, whose
 * parts are short, passes.
 */
export function boundAnswer(response: ServerResponse, most_bytes: number): void {
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  let refused = false;
  const bounded = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    if (refused) return true;
    if (response.headersSent || Buffer.byteLength(chunk) <= most_bytes) return write(chunk, ...rest);
    refused = true;
    response.write = write as typeof response.write;
    const { message, hint } = answerTooLarge(most_bytes);
    sendError(response, { code: "too_large", message, ...(hint !== null && { hint }) });
    return true;
  };
  response.write = bounded as typeof response.write;
}

/** A short body as text. Throws when it is longer than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > maxBytes) throw new Error("the body is too long");
  }
  return text;
}

/** Answer an upgrade with a plain HTTP error and hang up. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = errorText(refusal);
  const status = statusOf(refusal);
  hangUp(
    socket,
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nCache-Control: no-store\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Answer with a JSON document that is text already. */
export function sendJsonText(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(text);
}
