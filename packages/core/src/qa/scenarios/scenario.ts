import type { Input } from "@conveyor/contracts";
import type { HostCtx } from "../../ctx.ts";
import type { Stage } from "../stage/stage.ts";

/** What a receipt holds beside its checks. */
export interface ScenarioProof {
  /** Commands that do the same by hand; what stands in `<…>` is filled in. */
  replay_commands: readonly string[];
  /** Further fields of the receipt. */
  facts?: Readonly<Record<string, unknown>>;
}

/** One thing that `qa-run` proves (spec 05 §5.11). */
export interface Scenario {
  /** What is proven, in one line. */
  about: string;
  /**
   * Look whether it can run here, before there is a ledger or a receipt. Throws `tool_missing` or `precondition_failed` that
   * says what is missing; `invalid_input` for flags that are wrong.
   */
  preflight?(ctx: HostCtx, input: Input<"qa.run">): Promise<void>;
  /** Play it. Throws `CheckFailed` at the first thing that does not hold. */
  play(stage: Stage): Promise<ScenarioProof>;
}
