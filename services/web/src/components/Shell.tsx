// The frame: one bar of 44 px, the page, and a status bar of 24 px.

import { Link } from "@tanstack/react-router";
import { Keyboard, Moon, Sun } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { useKeys } from "../keys";
import { text } from "../text";
import { toggleTheme, useTheme } from "../theme";
import controls from "./controls.module.css";
import { later, Once } from "./later";
import { Name } from "./Name";
import css from "./Shell.module.css";

export const icon = { size: 16, strokeWidth: 1.5, "aria-hidden": true } as const;

const KeyList = later(() => import("./KeyList").then((m) => m.KeyList));

interface Props {
  /** The last part is where one is. */
  crumbs: string[];
  tools?: ReactNode;
  status?: ReactNode;
  children: ReactNode;
}

export function Shell({ crumbs, tools, status, children }: Props) {
  const theme = useTheme();
  const [help, setHelp] = useState(false);
  useKeys(
    useCallback((key) => {
      if (key === "?") setHelp(true);
      else if (key === "d") toggleTheme();
      else return false;
      return true;
    }, []),
  );
  return (
    <div className={status ? css.app : css.appNoFoot}>
      <a className={css.skip} href="#main">
        {text.skip}
      </a>
      <header className={css.top}>
        <Link className={css.brand} to="/" aria-label={text.product}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M1.5 3.5h3v4h3v5h3v-5h3v-4h3" />
          </svg>
        </Link>
        <nav className={css.crumbs} aria-label={text.breadcrumb}>
          {crumbs.length > 1 && (
            <>
              <Link to="/">{text.experiments}</Link>
              <i aria-hidden="true">/</i>
            </>
          )}
          <b aria-current="page">
            <Name name={crumbs[crumbs.length - 1]} />
          </b>
        </nav>
        <div className={css.right}>
          {tools}
          <button
            type="button"
            className={controls.square}
            title={`${text.keys} (?)`}
            aria-label={text.keys}
            onClick={() => setHelp(true)}
          >
            <Keyboard {...icon} />
          </button>
          <button
            type="button"
            className={controls.square}
            title={`${text.theme} (d)`}
            aria-label={text.theme}
            onClick={toggleTheme}
          >
            {theme === "dark" ? <Sun {...icon} /> : <Moon {...icon} />}
          </button>
        </div>
      </header>
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      {status && <footer className={css.status}>{status}</footer>}
      <Once when={help}>
        <KeyList open={help} onOpenChange={setHelp} />
      </Once>
    </div>
  );
}
