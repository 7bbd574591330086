// The right side: controls, what the address could not say, what is stored beside scalars, and the panels.

import { LayoutGrid, Plus } from "lucide-react";
import { type RefObject, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { tagKey } from "../api/tags";
import type { TagItem } from "../api/types";
import controls from "../components/controls.module.css";
import { later, Once } from "../components/later";
import { visible } from "../components/Name";
import { Boundary, ProblemBox } from "../components/Problem";
import { ToolLabel } from "../components/ToolLabel";
import { nextHand, showHidden } from "../panels/edit";
import { EditorContext, useOpenEditor } from "../panels/editor";
import { FullPanel } from "../panels/FullPanel";
import { TagFilter } from "../panels/TagFilter";
import { handTitle } from "../panels/titles";
import { useWithout } from "../panels/without";
import { emptyHand, type HandPanel } from "../state/hand_panels";
import { makeMatcher } from "../state/match";
import { tagOf } from "../state/panel_ids";
import type { Pair } from "../state/query";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { text } from "../text";
import { usePanelShared } from "./context";
import css from "./ExperimentPage.module.css";
import { Panels } from "./Panels";
import { makeSections, type Section } from "./sections";
import { Toolbar } from "./Toolbar";

const PanelEditor = later(() => import("../panels/later/PanelEditor").then((m) => m.PanelEditor));
const LayoutMenu = later(() => import("../panels/later/LayoutMenu").then((m) => m.LayoutMenu));

interface Props {
  /** undefined: not there yet. */
  tags: TagItem[] | undefined;
  /** Of the panels that they make (panels/tag_panels.ts). */
  ids: string[];
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

export function Charts(props: Props) {
  const { tags, ids, scalars, view, set, problems, error, retry, tagFilter, onToggle } = props;
  const all = useMemo(() => [...new Set(ids.map(tagOf))], [ids]);
  const scroll = useRef<HTMLDivElement>(null);
  const shared = usePanelShared();
  const [editor, setEditor] = useState<HandPanel | null>(null);
  const { sections, problem } = useSections(props);
  return (
    <EditorContext value={setEditor}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
      <section className={css.charts} ref={scroll} aria-label={text.charts} tabIndex={0} data-scroll>
        <Toolbar
          view={view}
          set={set}
          tags={scalars}
          start={
            <TagFilter ref={tagFilter} tags={all} value={view.t} onChange={(t) => set({ t }, true)} problem={problem} />
          }
          end={<PanelTools view={view} set={set} />}
        />
        {problems.map(([key, value]) => (
          <p key={key} className={css.warn} role="status">
            {text.badValue(visible(key.slice(0, 80)), visible(value.slice(0, 80)))}
          </p>
        ))}
        {error && <ProblemBox error={error} retry={retry} />}
        <Boundary>
          {view.full !== null && <FullPanel id={view.full} sections={sections} />}
          <Panels
            scroll={scroll}
            sections={sections}
            closed={view.closed}
            lay={view.lay}
            overrides={view.panels}
            paused={view.full !== null}
            onToggle={onToggle}
          />
        </Boundary>
        {view.hidden.length > 0 && (
          <p className={css.line}>
            {text.hiddenPanels(view.hidden.length)} ·{" "}
            <button type="button" className={css.link} onClick={() => set(showHidden())}>
              {text.show}
            </button>
          </p>
        )}
        {tags !== undefined && ids.length === 0 && sections.length === 0 && (
          <div className={css.none}>
            <h2>{text.noTags}</h2>
            <p>{text.noTagsDetail}</p>
          </div>
        )}
        {ids.length > 0 && sections.length === 0 && view.t !== "" && (
          <div className={css.none}>
            <h2>{text.noTagMatches(visible(view.t.slice(0, 200)))}</h2>
            <button type="button" className={controls.btn} onClick={() => set({ t: "" })}>
              {text.clear}
            </button>
          </div>
        )}
      </section>
      <Once when={editor !== null}>
        <PanelEditor panel={editor} shared={shared} onClose={() => setEditor(null)} />
      </Once>
    </EditorContext>
  );
}

/** The sections, kept for as long as what they are made of is the same: the address makes new lists with every change. */
function useSections({ tags, ids, view }: Props): { sections: Section[]; problem: string | null } {
  const shared = usePanelShared();
  const without = useWithout(tags, shared);
  const { t, pin, first, moves, hidden, hand } = view;
  const key = JSON.stringify({ pin, first, moves, hidden, hand });
  const match = useMemo(() => makeMatcher(t), [t]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the view's lists.
  const sections = useMemo(() => {
    const titles = new Map(hand.map((panel) => [panel.id, handTitle(panel)]));
    return makeSections(
      ids,
      { pin, first, moves, hidden, hand },
      match.matches,
      (id) => titles.get(id) ?? "",
      (id) => without.has(id),
    );
  }, [ids, key, match, without]);
  const { panelOrder } = shared;
  useEffect(() => {
    panelOrder.current = sections.map(({ panels }) => panels);
  }, [panelOrder, sections]);
  return { sections, problem: match.problem };
}

/** At the end of the toolbar: how panels lie, and a new one. */
function PanelTools({ view, set }: { view: View; set: SetView }) {
  const openEditor = useOpenEditor();
  const [asked, setAsked] = useState(false);
  const closed = (
    <button
      type="button"
      className={controls.ghost}
      aria-haspopup="dialog"
      aria-expanded={false}
      title={text.layout}
      onClick={() => setAsked(true)}
    >
      <ToolLabel picture={LayoutGrid} word={text.layout} />
    </button>
  );
  return (
    <span className={css.tools}>
      {asked ? (
        <Suspense fallback={closed}>
          <LayoutMenu lay={view.lay} set={set} />
        </Suspense>
      ) : (
        closed
      )}
      <button
        type="button"
        className={controls.ghost}
        title={text.addPanel}
        onClick={() => openEditor(emptyHand(nextHand(view), "lines"))}
      >
        <ToolLabel picture={Plus} word={text.addPanel} />
      </button>
    </span>
  );
}
