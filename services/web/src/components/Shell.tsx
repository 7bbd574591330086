// The frame: one bar of 44 px (where one is, tabs, the command box), the page, and a status bar of 24 px.

import { Link } from "@tanstack/react-router";
import { Keyboard, Moon, Search, Sun } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useKeys } from "../keys";
import { text } from "../text";
import { toggleTheme, useTheme } from "../theme";
import { Crumbs } from "./Crumbs";
import controls from "./controls.module.css";
import { later, Once } from "./later";
import { type Place, sameView, type Tab, tabsOf } from "./places";
import { useRemember } from "./recent";
import css from "./Shell.module.css";
import { takeBack, useDone } from "./undo";

export const icon = { size: 16, strokeWidth: 1.5, "aria-hidden": true } as const;

const KeyList = later(() => import("./KeyList").then((m) => m.KeyList));
const UndoBar = later(() => import("./UndoBar").then((m) => m.UndoBar));
const Command = later(() => import("./Command").then((m) => m.Command));

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

interface Props {
  /** null: nowhere. */
  place: Place | null;
  /** Of a page that is about no experiment. */
  title?: string;
  tab?: Tab;
  tools?: ReactNode;
  status?: ReactNode;
  children: ReactNode;
}

export function Shell({ place, title, tab, tools, status, children }: Props) {
  const theme = useTheme();
  useRemember(place);
  const happened = useDone();
  const [help, setHelp] = useState(false);
  const [command, setCommand] = useCommandKey();
  const tabs = useRef<HTMLElement>(null);
  useKeys(
    useCallback((key) => {
      if (key === "?") setHelp(true);
      else if (key === "d") toggleTheme();
      else if (key === "u") return takeBack();
      else if (/^[1-9]$/.test(key)) return openTab(tabs.current, Number(key) - 1);
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
        <Crumbs place={place} title={title} />
        {place !== null && <Tabs place={place} tab={tab} nav={tabs} />}
        <div className={css.right}>
          {tools}
          <button
            type="button"
            className={css.command}
            aria-haspopup="dialog"
            title={`${text.command} (${MAC ? "⌘" : "Ctrl "}K)`}
            aria-label={text.command}
            onClick={() => setCommand(true)}
          >
            <Search {...icon} size={14} />
            <span>{text.command}</span>
            <kbd className={controls.kbd}>{MAC ? "⌘K" : "Ctrl K"}</kbd>
          </button>
          <button
            type="button"
            className={`${controls.square} ${css.wide}`}
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
      <Once when={happened !== null}>
        <UndoBar />
      </Once>
      <Once when={help}>
        <KeyList open={help} onOpenChange={setHelp} />
      </Once>
      <Once when={command}>
        <Command open={command} onOpenChange={setCommand} place={place} openHelp={() => setHelp(true)} />
      </Once>
    </div>
  );
}

function Tabs({ place, tab, nav }: { place: Place; tab: Tab | undefined; nav: React.RefObject<HTMLElement | null> }) {
  const links = tabsOf(place);
  if (links.length === 0) return null;
  return (
    <nav className={css.tabs} aria-label={text.pageTabs} ref={nav}>
      {links.map((link) => (
        <Link
          key={link.tab}
          to={link.to}
          params={link.params as never}
          search={sameView as never}
          activeOptions={{ exact: true, includeSearch: false }}
          aria-current={link.tab === tab ? "page" : undefined}
        >
          {link.label}
        </Link>
      ))}
    </nav>
  );
}

function openTab(nav: HTMLElement | null, place: number): boolean {
  const link = nav?.querySelectorAll("a")[place];
  link?.click();
  return link !== undefined;
}

/** ⌘K and Ctrl K, also while one types. */
function useCommandKey(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setOpen((shown) => !shown);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return [open, setOpen];
}
