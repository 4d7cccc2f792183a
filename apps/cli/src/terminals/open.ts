import { presents } from "../presentation.ts";
import { openedText } from "../print/opened.ts";

/** `open` (spec 01 §6.12). */
export const open = presents("terminals.open", { text: (opened) => openedText(opened.name, opened) });

/** `open-worker` (spec 01 §6.12). */
export const openWorker = presents("terminals.openWorker", { text: (opened) => openedText(opened.worker, opened) });

/** `open-manager` (spec 01 §6.12). */
export const openManager = presents("terminals.openManager", { text: (opened) => openedText(opened.manager, opened) });
