// What one wants to know of a run at a glance.

import { text } from "../../text";
import { MadeFrom } from "./MadeFrom";
import { Metrics } from "./Metrics";
import { Note } from "./Note";
import { Params } from "./Params";
import css from "./Run.module.css";
import type { TabProps } from "./RunPage";

export function Overview({ workspace, run, acts }: TabProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.scroll} tabIndex={0} aria-label={text.tabs.overview}>
      <div className={css.cols}>
        <div className={css.left} />
        <div className={css.rightCol}>
          <Note run={run} acts={acts} />
          <Params run={run} />
          <Metrics run={run} />
          <MadeFrom workspace={workspace} run={run} />
        </div>
      </div>
    </section>
  );
}
