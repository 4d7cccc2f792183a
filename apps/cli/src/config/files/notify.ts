import type { NoticeSink, NotifySettings } from "@conveyor/contracts";
import type { Io } from "../../io.ts";
import { configPlaces } from "./places.ts";

/**
 * Reads what the configuration says of notifications, as it is whenever it is asked: a server need not be started anew. Of a
 * project's file nothing counts that was not trusted. While a file is broken, what it said last holds.
 */
export async function notifySettings(io: Io): Promise<() => NotifySettings> {
  const { readConfiguration, settingOf } = await import("./read.ts");
  let last: NotifySettings = { sinks: [], quiet_hours: null };
  return () => {
    try {
      const { settings, said } = readConfiguration(configPlaces(io), io);
      const counting = (key: string) => said(settingOf(settings, key)).find((one) => one.counts)?.value;
      last = {
        sinks: (counting("notify.sinks") as NoticeSink[] | undefined) ?? [],
        quiet_hours: (counting("notify.quiet_hours") as string | undefined) ?? null,
      };
    } catch {
      // `config list` says what is wrong with it.
    }
    return last;
  };
}
