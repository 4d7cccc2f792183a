import { Link, useLocation } from "@tanstack/react-router";
import { useReceipts } from "../act/use-act.ts";
import { changeSettings, type Theme, useSettings } from "../lib/settings.ts";
import { useConnection } from "../live/use-connection.ts";
import { Icon, type IconName } from "../parts/icon.tsx";

const TITLES: Readonly<Record<string, string>> = {
  "": "Home",
  tasks: "Tasks",
  sessions: "Sessions",
  messages: "Messages",
  terminals: "Terminals",
  campaigns: "Campaigns",
  replay: "Replay",
  start: "Start",
  about: "About",
};

/** Where one is, the palette, the connection and the colours. */
export function TopBar({ onPalette, onDid }: { onPalette(): void; onDid(): void }) {
  const receipts = useReceipts();
  return (
    <header className="top">
      <Crumb />
      <button type="button" className="find" aria-keyshortcuts="Control+K" aria-haspopup="dialog" onClick={onPalette}>
        <Icon name="search" />
        <span>Search or run a command</span>
        <span className="keys" aria-hidden="true">
          <kbd>Ctrl</kbd>
          <kbd>K</kbd>
        </span>
      </button>
      <div className="top-end">
        {receipts.length > 0 && (
          <button type="button" className="btn quiet did-open" aria-haspopup="dialog" onClick={onDid}>
            <Icon name="check" />
            <span>What you did</span>
          </button>
        )}
        <Connection />
        <ThemeButton />
        <Link className="btn start" to="/start" aria-label="Start a task or a pair">
          <Icon name="plus" />
          <span>Start</span>
        </Link>
      </div>
    </header>
  );
}

function Crumb() {
  const { pathname } = useLocation();
  const [place = "", name] = pathname.slice(1).split("/");
  const title = TITLES[place] ?? "Nowhere";
  if (name === undefined || name === "") return <div className="crumb">{title}</div>;
  return (
    <nav className="crumb" aria-label="Where you are">
      <Link to={place === "replay" ? "/replay" : place === "campaigns" ? "/campaigns" : "/tasks"}>{title}</Link>
      <Icon name="right" />
      <span className="cut" aria-current="page">
        {readable(name)}
      </span>
    </nav>
  );
}

/** A part of an address as it was written; one that was cut in the middle of a letter as it is. */
function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function Connection() {
  const { phase } = useConnection();
  const isLive = phase === "live";
  return (
    <span className="live" role="status" data-live={isLive ? "live" : "lost"}>
      {isLive ? <i className="lamp" /> : <Icon name="again" />}
      <span>{isLive ? "Live" : phase === "connecting" ? "Connecting" : "Reconnecting"}</span>
    </span>
  );
}

const NEXT: Readonly<Record<Theme, { theme: Theme; icon: IconName }>> = {
  system: { theme: "light", icon: "halfmoon" },
  light: { theme: "dark", icon: "sun" },
  dark: { theme: "system", icon: "moon" },
};

function ThemeButton() {
  const { theme } = useSettings();
  const label = `Colours: ${theme}`;
  return (
    <button
      type="button"
      className="ibtn theme"
      aria-label={label}
      title={label}
      onClick={() => changeSettings({ theme: NEXT[theme].theme })}
    >
      <Icon name={NEXT[theme].icon} />
    </button>
  );
}
