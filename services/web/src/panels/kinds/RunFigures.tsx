// The drawn runs beside each other, each with its name, the step that is shown, and pictures or players.

import type { ReactNode, Ref } from "react";
import type { ValueItem } from "../../api/values";
import type { KindPanelProps } from "../KindPanel";
import css from "./RunFigures.module.css";
import { RunName } from "./runs";
import type { Values } from "./useValues";
import { pointText } from "./words";

interface FiguresProps {
  label: string;
  className: string;
  ref?: Ref<HTMLElement>;
  children: ReactNode;
}

export function RunFigures({ label, className, ref, children }: FiguresProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section ref={ref} className={`${css.runs} ${className}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

interface Props extends Pick<KindPanelProps, "id" | "shared"> {
  item: ValueItem;
  values: Values;
  className: string;
  children: ReactNode;
}

export function RunFigure({ id, item: { run, point }, values, shared, className, children }: Props) {
  return (
    <figure className={`${css.run} ${className}`}>
      <figcaption className={css.name}>
        <RunName id={id} run={run} shared={shared} />
        {point !== null && <span>{pointText(point, values.place, values.steps.get(run))}</span>}
      </figcaption>
      {children}
    </figure>
  );
}

/** Instead of what cannot be shown. */
export const Gone = ({ children }: { children: string }) => <p className={css.gone}>{children}</p>;
