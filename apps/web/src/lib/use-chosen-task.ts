import { useCallback, useEffect, useState } from "react";

const readChosen = () => new URLSearchParams(location.search).get("task");

/** The task that the page is narrowed to, by name, kept in the address (`?task=`); Escape lets go of it. */
export function useChosenTask(): [chosen: string | null, choose: (name: string | null) => void] {
  const [chosen, setChosen] = useState(readChosen);

  const choose = useCallback((name: string | null) => {
    const url = new URL(location.href);
    if (name === null) url.searchParams.delete("task");
    else url.searchParams.set("task", name);
    history.replaceState(null, "", url);
    setChosen(name);
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") choose(null);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [choose]);

  return [chosen, choose];
}
