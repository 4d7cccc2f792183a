import type { Need } from "../queue/needs.ts";
import { changeSettings, currentSettings } from "./settings.ts";

/** Whether this browser can tell anything outside of the page. */
export const canNotify = (): boolean => "Notification" in window && Notification.permission !== "denied";

/** Turn notices on or off; turning them on asks the browser, whose no is final. */
export async function setNotices(notices: "on" | "off"): Promise<void> {
  if (notices === "on" && (await Notification.requestPermission()) !== "granted") return;
  changeSettings({ notices });
}

/** What was told already: a need is told of once, however long it lasts. */
const told = new Set<string>();

/** Those needs of which somebody who looks elsewhere has not been told; they count as told from now on. Pure but for that memory. */
export function untold(needs: readonly Need[], known: Set<string> = told): Need[] {
  const now = needs.filter((need) => need.now);
  const fresh = now.filter(({ key }) => !known.has(key));
  const keys = new Set(now.map(({ key }) => key));
  // What went away and comes back is told again.
  for (const key of known) if (!keys.has(key)) known.delete(key);
  for (const { key } of fresh) known.add(key);
  return fresh;
}

/** Tell of agents that stand still, while nobody looks at the page; a click opens the task. Says no content. */
export function tellOf(needs: readonly Need[], open: (need: Need) => void): void {
  const fresh = untold(needs);
  if (currentSettings().notices === "off" || document.visibilityState === "visible") return;
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  for (const need of fresh) {
    const notice = new Notification(need.title, { body: need.task ?? "", tag: need.key, icon: "/icon-192.png" });
    notice.onclick = () => {
      window.focus();
      open(need);
      notice.close();
    };
  }
}
