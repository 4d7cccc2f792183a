/** How the benchmarks are run. */
export interface Options {
  /** Fewer and smaller measurements, for a first impression. */
  quick: boolean;
  /** Tell on standard error what is being done. */
  say(what: string): void;
}
