import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./components/app.tsx";
import { connection } from "./live/connection.ts";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

void connection.start();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
