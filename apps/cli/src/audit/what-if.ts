import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { cell, lines } from "../print/text.ts";

type WhatIf = Output<"audit.whatIf">;

const said = ({ allowed, reasons }: WhatIf["differing"][number]["recorded"]) =>
  allowed ? "allowed" : `refused (${reasons.join(", ")})`;

function silenceLine(what: string, { who, from, noticed_at, replayed_at }: WhatIf["stalls"][number]): string {
  const then = replayed_at === null ? "would not have been noticed" : `would have been noticed at ${replayed_at}`;
  return `${from} ${what} of ${cell(who)}: ${then}, not ${noticed_at === null ? "overlooked" : `at ${noticed_at}`}`;
}

function whatIfText({ judged, differing, not_reproduced, stalls, wakes }: WhatIf): string {
  const total = judged.permission + judged.finish + judged.review;
  return lines(
    `${total} decisions judged again, ${differing.length} would have come out differently`,
    differing.map(
      ({ at, kind, what, recorded, replayed }) =>
        `${at} ${kind} ${cell(what)}: ${said(recorded)}, would have been ${said(replayed)}`,
    ),
    stalls.map((one) => silenceLine("silence about the worker", one)),
    wakes.map((one) => silenceLine("silence", one)),
    not_reproduced.length > 0 && `${not_reproduced.length} are not explained by the rules that were in force`,
  );
}

/** `replay --policy`: what another policy would have made of what was recorded. */
export const whatIf = presents("audit.whatIf", { text: whatIfText });
