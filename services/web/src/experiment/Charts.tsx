// The right side: controls, what the address could not say, what is stored beside scalars, and the panels.

import { type RefObject, useMemo, useRef } from "react";
import { tagKey } from "../api/tags";
import type { TagItem } from "../api/types";
import controls from "../components/controls.module.css";
import { visible } from "../components/Name";
import { Boundary, ProblemBox } from "../components/Problem";
import { makeMatcher } from "../state/match";
import type { Pair } from "../state/query";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { text } from "../text";
import css from "./ExperimentPage.module.css";
import { Panels } from "./Panels";
import { makeSections } from "./sections";
import { Toolbar } from "./Toolbar";

interface Props {
  /** undefined: not there yet. */
  tags: TagItem[] | undefined;
  scalars: string[];
  view: View;
  set: SetView;
  problems: Pair[];
  error: Error | null;
  retry(): void;
  tagFilter: RefObject<HTMLInputElement | null>;
  onToggle(section: string): void;
}

export const scalarTags = (tags: TagItem[]): string[] => tags.filter((item) => item.kind === "scalar").map(tagKey);

export function Charts({ tags, scalars, view, set, problems, error, retry, tagFilter, onToggle }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const match = useMemo(() => makeMatcher(view.t), [view.t]);
  const sections = useMemo(() => makeSections(scalars, view.pin, match.matches), [scalars, view.pin, match]);
  const others = otherKinds(tags ?? []);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.charts} ref={scroll} aria-label={text.charts} tabIndex={0}>
      <Toolbar view={view} set={set} tags={scalars} tagFilter={tagFilter} tagProblem={match.problem} />
      {problems.map(([key, value]) => (
        <p key={key} className={css.warn} role="status">
          {text.badValue(key, visible(value.slice(0, 80)))}
        </p>
      ))}
      {error && <ProblemBox error={error} retry={retry} />}
      {others !== null && <p className={css.line}>{others}</p>}
      <Boundary>
        <Panels scroll={scroll} sections={sections} closed={view.closed} onToggle={onToggle} />
      </Boundary>
      {tags !== undefined && scalars.length === 0 && (
        <div className={css.none}>
          <h2>{text.noTags}</h2>
          <p>{text.noTagsDetail}</p>
        </div>
      )}
      {scalars.length > 0 && sections.length === 0 && (
        <div className={css.none}>
          <h2>{text.noTagMatches(view.t)}</h2>
          <button type="button" className={controls.btn} onClick={() => set({ t: "" })}>
            {text.clear}
          </button>
        </div>
      )}
    </section>
  );
}

/** "6 image tags, 2 histogram tags are stored; …", so that nobody thinks they are lost. */
function otherKinds(tags: TagItem[]): string | null {
  const counts = new Map<string, number>();
  for (const { kind } of tags) if (kind !== "scalar") counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (counts.size === 0) return null;
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  return text.otherKinds([...counts].map(([kind, count]) => text.kind(kind, count)).join(", "), total > 1);
}
