/** One bound that a figure must keep. */
export interface Target {
  /** What is bounded: the value, its ratio to the floor, or one of the details. */
  of: string;
  at: "most" | "least";
  limit: number;
}

/** What a benchmark measured. */
export interface Measurement {
  name: string;
  what: string;
  unit: string;
  value: number;
  /** The least that the same work can cost, measured in turns with it; null where there is no such thing. */
  floor: { what: string; value: number } | null;
  details: Record<string, number>;
  targets: readonly Target[];
}

export interface Figure extends Omit<Measurement, "targets"> {
  /** Value per floor. */
  ratio: number | null;
  targets: (Target & { measured: number; met: boolean })[];
  /** Whether every target is met. */
  met: boolean;
}

/** Add the ratio and judge the targets. Throws when a target bounds something that was not measured. */
export function judged(measurement: Measurement): Figure {
  const { floor, value, details } = measurement;
  const ratio = floor === null ? null : rounded(value / floor.value);
  const measured: Record<string, number | null> = { ...details, value, ratio };
  const targets = measurement.targets.map((target) => {
    const found = measured[target.of];
    if (found == null) throw new Error(`${measurement.name} has no ${target.of}`);
    const met = target.at === "most" ? found <= target.limit : found >= target.limit;
    return { ...target, measured: found, met };
  });
  const met = targets.every((target) => target.met);
  return { ...measurement, ratio, targets, met };
}

/** Three significant digits are more than the machine repeats. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
