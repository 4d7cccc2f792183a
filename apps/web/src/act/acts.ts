import type { InputAt, MutationPath } from "../live/operations.ts";

/** One change, as the page asks for it. */
export type Act = { [Path in MutationPath]: { path: Path; input: InputAt<Path> } }[MutationPath];

/** What somebody agrees to before something ends. */
export interface Consent {
  title: string;
  /** What follows from it, a line each. */
  consequences: readonly string[];
}

/** An act with what its button says and what its receipt says when it is done. */
export interface Offer {
  verb: string;
  act: Act;
  done: string;
  /** Asked before; only for what ends something. */
  consent?: Consent;
}
