/** Who did it, as people read it: the program goes by the name that it has, not by that of its ledger. */
export function actorText(actor: string): string {
  return actor === "workerctl" ? "conveyor" : actor;
}
