import type { Output } from "@conveyor/contracts";
import { lines } from "./text.ts";

type Created = Output<"workers.create">;

const ADVICE: Record<string, string> = {
  rerun_with_accept_trust: "if you trust this folder, stop it and start it again with --reuse --accept-trust",
  inspect_terminal: "look at its terminal",
};

/** What became of a worker that was started, and how to go on (spec 01 §7.2). */
export function createdText(worker: Created): string {
  const { startup, startup_recommended_action: advice } = worker;
  return lines(
    `${worker.reused ? "started again" : "created"} worker ${worker.name}`,
    `tmux session: ${worker.tmux_session}`,
    `state folder: ${worker.state_dir}`,
    worker.contract_given ? "contract: given as first prompt" : "contract: not given",
    worker.trust_accepted && "trust: accepted for this folder",
    startup !== null && `start-up: ${startup} (${worker.startup_reason})`,
    advice !== null && advice in ADVICE && `next: ${ADVICE[advice]}`,
    worker.verified !== null && `verification: ${worker.verified ? "passed" : "failed"}, ${worker.verify_reason}`,
    worker.opened && "a terminal window was opened",
    worker.stopped ? "stopped again" : [`attach: ${worker.attach_command}`, `stop: ${worker.stop_command}`],
  );
}
