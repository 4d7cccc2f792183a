import type { Capture, CaptureRequest } from "./capture.ts";

export type { Capture, CaptureRequest } from "./capture.ts";
export { isLoopback } from "./reach.ts";

/** See `takeCapture` in capture.ts; loaded when it is first called. */
export async function capturePage(request: CaptureRequest): Promise<Capture> {
  const { takeCapture } = await import("./capture.ts");
  return takeCapture(request);
}
