import type { DispatchResult } from "@conveyor/contracts";
import type { ClaimHolder } from "./claim-holder.ts";

/** On whose behalf a message is claimed and delivered. */
export interface DeliveryTerms {
  dispatcher_id: string;
  /** Under whose entry of the registry it holds what it claims. */
  holder: ClaimHolder;
  lease_seconds: number;
}

/** Told of every result as it happens, and between any two of them. */
export interface DeliveryObserver {
  onResult(result: DispatchResult): void;
  betweenItems(): Promise<void>;
}

/** An observer that also says how many more results there may be. */
export type Budget = DeliveryObserver & { remaining(): number };
