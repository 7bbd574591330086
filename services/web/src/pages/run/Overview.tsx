// What one wants to know of a run at a glance.

import { text } from "../../text";
import parts from "../parts.module.css";
import { ConsoleTail } from "./ConsoleTail";
import { Happened } from "./Happened";
import { KeyCharts } from "./KeyCharts";
import { MadeFrom } from "./MadeFrom";
import { Metrics } from "./Metrics";
import { Note } from "./Note";
import { Params } from "./Params";
import css from "./Run.module.css";
import type { TabProps } from "./RunPage";
import { useStrips, WriterStrips } from "./WriterStrips";

export function Overview({ workspace, run, acts }: TabProps) {
  const { strips, rows, kind, span, names } = useStrips(run);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={parts.scroll} tabIndex={0} aria-label={text.tabs.overview}>
      <div className={css.cols}>
        <div className={css.left}>
          <KeyCharts run={run} />
          <Happened workspace={workspace} run={run} strips={strips} span={span} names={names} />
          <WriterStrips strips={strips} rows={rows} kind={kind} span={span} names={names} />
          <ConsoleTail workspace={workspace} run={run} />
        </div>
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
