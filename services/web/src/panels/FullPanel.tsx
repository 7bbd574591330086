// One panel over the whole page. ← and → go to its neighbours, f or Escape go back; the address says which it is.

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useCallback, useEffect, useRef } from "react";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import { usePanelShared } from "../experiment/context";
import { Panel } from "../experiment/Panel";
import type { Section } from "../experiment/sections";
import { useKeys } from "../keys";
import { text } from "../text";
import css from "./FullPanel.module.css";
import { focusPanel } from "./roving";

export function FullPanel({ id, sections }: { id: string; sections: Section[] }) {
  const shared = usePanelShared();
  const order = sections.flatMap(({ panels }) => panels);
  const at = order.indexOf(id);
  const neighbour = (by: -1 | 1) => (at < 0 ? order[0] : order[at + by]);
  const go = (by: -1 | 1) => {
    const next = neighbour(by);
    if (next !== undefined) shared.edit(() => ({ full: next }));
  };
  // The panel has the focus, and keeps it when it goes back into its place.
  useEffect(() => {
    focusPanel(id);
    return () => focusPanel(id);
  }, [id]);
  const press = useRef<(key: string) => boolean>(() => false);
  press.current = (key) => {
    if (key === "Escape") shared.edit(() => ({ full: null }));
    else if (shared.pins.length > 0) return false;
    else if (key === "ArrowLeft") go(-1);
    else if (key === "ArrowRight") go(1);
    else return false;
    return true;
  };
  useKeys(useCallback((key) => press.current(key), []));
  return (
    <section className={css.full} aria-label={text.fullScreen}>
      <Step label={text.previousPanel} disabled={neighbour(-1) === undefined} onClick={() => go(-1)}>
        <ChevronLeft {...icon} />
      </Step>
      <div className={css.panel}>
        <Panel key={id} id={id} order={0} columns={1} width={1} />
      </div>
      <Step label={text.nextPanel} disabled={neighbour(1) === undefined} onClick={() => go(1)}>
        <ChevronRight {...icon} />
      </Step>
    </section>
  );
}

interface StepProps {
  label: string;
  disabled: boolean;
  onClick(): void;
  children: React.ReactNode;
}

function Step({ label, disabled, onClick, children }: StepProps) {
  return (
    <button
      type="button"
      className={controls.square}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
