import type { ControlEnd, TerminalNote, TerminalRequest } from "@conveyor/contracts/terminals/wire";
import { readSession, sessionSocket } from "../live/session.ts";

export type { ControlEnd };

type Bare<Kind> = Kind extends unknown ? Omit<Kind, "marker"> : never;

interface LinkListener {
  onOutput(bytes: Uint8Array): void;
  onNote(note: TerminalNote): void;
  /** The connection has ended, without a note that says why when it was lost. */
  onClose(): void;
}

/** The connection of this page to the terminal of one session. */
export class TerminalLink {
  readonly #socket: WebSocket;

  /** Throws when nobody is signed in. */
  constructor(session: string, listener: LinkListener) {
    const signIn = readSession();
    if (signIn === null) throw new Error("nobody is signed in");
    const Socket = sessionSocket(signIn);
    const origin = location.origin.replace(/^http/, "ws");
    this.#socket = new Socket(`${origin}${signIn.base}/pty?session=${encodeURIComponent(session)}`);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") listener.onNote(JSON.parse(data) as TerminalNote);
      else listener.onOutput(new Uint8Array(data as ArrayBuffer));
    });
    this.#socket.addEventListener("close", () => listener.onClose());
  }

  ask(request: Bare<TerminalRequest>): void {
    this.#send(JSON.stringify({ marker: "dashboard-terminal-control", ...request }));
  }

  /** Put text in as if it were typed; it reaches nobody while another has control. */
  type(text: string): void {
    this.#send(new TextEncoder().encode(text));
  }

  close(): void {
    this.#socket.close();
  }

  #send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }
}
