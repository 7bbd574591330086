import type { ReactNode } from "react";
import css from "./Run.module.css";

interface Props {
  title: ReactNode;
  /** What stands at the head's right end. */
  side?: ReactNode;
  children: ReactNode;
  /** As wide as the column. */
  wide?: boolean;
}

export function Card({ title, side, children, wide = false }: Props) {
  return (
    <section className={wide ? `${css.card} ${css.wide}` : css.card}>
      <header>
        <h2>{title}</h2>
        {side !== undefined && <span className={css.side}>{side}</span>}
      </header>
      {children}
    </section>
  );
}
