// The drawn runs below each other, each with its name, the step that is shown, and what was logged.

import type { ReactNode } from "react";
import type { ValueItem } from "../../api/values";
import type { KindPanelProps } from "../KindPanel";
import css from "./RunArticles.module.css";
import { RunName } from "./runs";
import type { Values } from "./useValues";
import { pointText } from "./words";

interface Props extends Pick<KindPanelProps, "id" | "shared"> {
  label: string;
  values: Values;
  children(item: ValueItem): ReactNode;
}

export function RunArticles({ id, label, values, shared, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.runs} tabIndex={0} aria-label={label}>
      {values.items.map((item) => (
        <article key={item.run}>
          <header>
            <RunName id={id} run={item.run} shared={shared} />
            <span>{item.point !== null && pointText(item.point, values.place, values.steps.get(item.run))}</span>
          </header>
          {children(item)}
        </article>
      ))}
    </section>
  );
}
