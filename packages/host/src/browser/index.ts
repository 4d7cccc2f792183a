import type { Capture, PageToCapture } from "./capture.ts";

export type { Capture, PageToCapture } from "./capture.ts";
export { isThisMachine } from "./reach.ts";

/** See `takeCapture` in capture.ts; loaded when it is first called. */
export async function capturePage(request: PageToCapture): Promise<Capture> {
  const { takeCapture } = await import("./capture.ts");
  return takeCapture(request);
}
