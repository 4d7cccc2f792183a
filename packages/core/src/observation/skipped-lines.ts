import type { IngestReport } from "@conveyor/contracts";
import type { SkippedLine } from "@conveyor/host";

type SkippedKind = IngestReport["skipped"][number];

/** What was skipped on one run, by reason; bounded, however many lines there were. */
export class SkippedLines {
  readonly #kinds = new Map<SkippedKind["reason"], SkippedKind>();

  add(lines: readonly Pick<SkippedLine, "offset">[], reason: (index: number) => SkippedKind["reason"]): void {
    lines.forEach(({ offset }, index) => {
      const of = reason(index);
      const kind = this.#kinds.get(of) ?? { reason: of, lines: 0, first_offset: offset };
      this.#kinds.set(of, { ...kind, lines: kind.lines + 1 });
    });
  }

  /** The reasons that came up, in the order in which they first did. */
  get kinds(): SkippedKind[] {
    return [...this.#kinds.values()];
  }
}
