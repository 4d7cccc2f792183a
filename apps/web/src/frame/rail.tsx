import { Link } from "@tanstack/react-router";
import { useFleet } from "../live/fleet.tsx";
import { Icon, type IconName, Mark } from "../parts/icon.tsx";

const PLACES = [
  { to: "/", icon: "home", word: "Home" },
  { to: "/tasks", icon: "tasks", word: "Tasks" },
  { to: "/sessions", icon: "sessions", word: "Sessions" },
  { to: "/messages", icon: "messages", word: "Messages" },
] as const;

/** Where one can go; on a phone it lies at the bottom. */
export function Rail() {
  const { needs } = useFleet();
  const count = needs.length;
  return (
    <nav className="rail" aria-label="Main">
      <Link className="rail-logo" to="/" aria-label="Conveyor, home">
        <Mark />
      </Link>
      <div className="rail-list">
        {PLACES.map(({ to, icon, word }) => (
          <Place key={to} to={to} icon={icon} word={word}>
            {to === "/" && count > 0 && (
              <b className="badge">
                {count}
                <span className="vh"> {count === 1 ? "needs" : "need"} you</span>
              </b>
            )}
          </Place>
        ))}
      </div>
      <div className="rail-end">
        <Place to="/about" icon="about" word="About" />
      </div>
    </nav>
  );
}

interface PlaceProps {
  to: (typeof PLACES)[number]["to"] | "/about";
  icon: IconName;
  word: string;
  children?: React.ReactNode;
}

function Place({ to, icon, word, children }: PlaceProps) {
  return (
    <Link className="rail-a" to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
      <Icon name={icon} />
      <span>{word}</span>
      {children}
    </Link>
  );
}
