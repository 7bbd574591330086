import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./fonts.css";
import "./tokens.css";
import "./base.css";
import { ApiError } from "./api/types";
import { keepFocus } from "./components/keptFocus";
import { takeEarly } from "./experiment/early";
import { makeRouter } from "./router";
import { followSystemTheme } from "./theme";

followSystemTheme();
keepFocus();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What the server refused stays refused; what did not arrive is tried again.
      retry: (count, error) =>
        !(error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500) && count < 3,
      retryDelay: (count) => Math.min(10_000, 500 * 2 ** count),
      refetchOnWindowFocus: false,
    },
  },
});

const router = makeRouter();

await takeEarly(client);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
