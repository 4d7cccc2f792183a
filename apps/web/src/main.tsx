import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { pageRouter } from "./frame/routes.tsx";
import { applyTheme } from "./lib/settings.ts";
import { connection } from "./live/connection.ts";
import "./styles/index.css";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

applyTheme();
void connection.start();
createRoot(root).render(
  <StrictMode>
    <RouterProvider router={pageRouter} />
  </StrictMode>,
);
