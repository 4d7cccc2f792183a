import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Toasts, WhatYouDid } from "../act/receipt-view.tsx";
import { tellOf } from "../lib/notices.ts";
import { moveCursor, usePressed } from "../lib/use-pressed.ts";
import { useFleet } from "../live/fleet.tsx";
import { useConnection } from "../live/use-connection.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { Foot } from "./foot.tsx";
import { KeysDialog } from "./keys-dialog.tsx";
import { LostBar } from "./lost-bar.tsx";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top-bar.tsx";

/** Loaded while nothing else is to be done, so that it is there when somebody wants it. */
const loadPalette = () => import("./palette.tsx");
const CommandPalette = lazy(async () => ({ default: (await loadPalette()).CommandPalette }));

interface EarlyPaletteProps {
  words: string;
  onWords(words: string): void;
  onClose(): void;
}

/** Until the palette is loaded its field stands there: what is typed meanwhile goes into it, and is no key of the page. */
function EarlyPalette({ words, onWords, onClose }: EarlyPaletteProps) {
  return (
    <Dialog title="Go to, or do" className="pal" onClose={onClose} closable={false}>
      <div className="pal-in">
        <Icon name="search" />
        <input data-first aria-label="Go to, or do" value={words} onChange={(event) => onWords(event.target.value)} />
      </div>
    </Dialog>
  );
}

type Overlay = "palette" | "keys" | "did";

/** Rail, top bar, foot and what lies over the page; the view stands between them. */
export function Frame({ children }: { children: ReactNode }) {
  const { phase } = useConnection();
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [early, setEarly] = useState("");
  const close = () => {
    setOverlay(null);
    setEarly("");
  };
  usePageKeys(setOverlay);
  useNotices();
  useEffect(() => {
    // Without a server it is loaded when it is asked for.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), 1500);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className="shell" data-connection={phase === "live" ? "live" : "lost"}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Rail />
      <TopBar onPalette={() => setOverlay("palette")} onDid={() => setOverlay("did")} />
      <LostBar />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Foot onKeys={() => setOverlay("keys")} />
      <Toasts />
      {overlay === "palette" && (
        <Suspense fallback={<EarlyPalette words={early} onWords={setEarly} onClose={close} />}>
          <CommandPalette early={early} onClose={close} onKeys={() => setOverlay("keys")} />
        </Suspense>
      )}
      {overlay === "keys" && <KeysDialog onClose={close} />}
      {overlay === "did" && <WhatYouDid onClose={close} />}
    </div>
  );
}

/** Tells somebody who looks elsewhere that an agent stands still. */
function useNotices(): void {
  const navigate = useNavigate();
  const { needs } = useFleet();
  useEffect(() => {
    tellOf(needs, ({ task }) => {
      if (task === null) void navigate({ to: "/" });
      else void navigate({ to: "/tasks/$name", params: { name: task } });
    });
  }, [needs, navigate]);
}

/** The keys that mean the same in every view. */
function usePageKeys(open: (overlay: Overlay) => void): void {
  const navigate = useNavigate();
  const { needs } = useFleet();

  /** The task that needs somebody before or after the one that is open. */
  const toNeedy = (step: 1 | -1) => {
    const names = [...new Set(needs.map(({ task }) => task).filter((task) => task !== null))];
    if (names.length === 0) return;
    const open = /^\/tasks\/([^/]+)/.exec(location.pathname)?.[1];
    const index = open === undefined ? -1 : names.indexOf(decodeURIComponent(open));
    const next = index === -1 && step === -1 ? names.length - 1 : (index + step + names.length) % names.length;
    const name = names[next];
    if (name !== undefined) void navigate({ to: "/tasks/$name", params: { name } });
  };

  usePressed({
    "?": () => open("keys"),
    "/": () => document.querySelector<HTMLElement>("[data-filter]")?.focus(),
    j: () => moveCursor(1),
    k: () => moveCursor(-1),
    "[": () => toNeedy(-1),
    "]": () => toNeedy(1),
    "g h": () => void navigate({ to: "/" }),
    "g t": () => void navigate({ to: "/tasks" }),
    "g s": () => void navigate({ to: "/sessions" }),
    "g m": () => void navigate({ to: "/messages" }),
    "g c": () => void navigate({ to: "/campaigns" }),
    "g r": () => void navigate({ to: "/replay" }),
    "g n": () => void navigate({ to: "/start" }),
    "g i": () => void navigate({ to: "/terminals" }),
  });

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      open("palette");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [open]);
}
