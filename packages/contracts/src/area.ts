/** What an area of operations says of itself, in `<area>/area.ts`; plain data, so that help needs no schema. */
export interface Area {
  /** Its heading in help and reference. */
  title: string;
  /** Its place among the areas, lowest first. */
  order: number;
  /** What its operations do, in words that complete the title. */
  about: string;
}
