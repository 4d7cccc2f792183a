import { Link } from "@tanstack/react-router";
import { useFleet } from "../live/fleet.tsx";
import { Icon, type IconName, Mark } from "../parts/icon.tsx";
import { PLACES } from "./places.ts";

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
        {PLACES.filter(({ to }) => to !== "/about").map(({ to, icon, word }) => (
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
  to: (typeof PLACES)[number]["to"];
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
