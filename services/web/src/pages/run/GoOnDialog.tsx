// What to type to go on from a step of the run: the one under the crosshair's pin, else after its last.

import { useState } from "react";
import type { RunDetail } from "../../api/run";
import { fullStep } from "../../chart/format";
import { CodeBox } from "../../components/CodeBox";
import controls from "../../components/controls.module.css";
import { useExperiments } from "../../experiment/data";
import { pinnedStep } from "../../runs/useAtStep";
import { isLive } from "../../runs/values";
import { useView } from "../../state/useView";
import { text } from "../../text";
import { cppLines, type GoOn, pythonLines, stepIn } from "./goOn";
import css from "./Head.module.css";
import { Box } from "./HeadDialogs";

interface Props {
  how: GoOn;
  workspace: string;
  run: RunDetail;
  last: bigint | null;
  onClose(): void;
}

export function GoOnDialog({ how, workspace, run, last, onClose }: Props) {
  const { view } = useView();
  const [written, setWritten] = useState(() => String(pinnedStep(view) ?? (last === null ? 0n : last + 1n)));
  const experiment = useExperiments(workspace).data?.find((e) => e.id === run.experiment)?.name;
  const step = stepIn(written);
  const place = step !== null && experiment !== undefined ? { run: run.id, experiment, workspace, step } : null;
  const words = text.run.goOn;
  return (
    <Box title={words.title[how]} onClose={onClose}>
      <div className={css.form}>
        <label>
          {words.step}
          <input
            className={controls.text}
            inputMode="numeric"
            value={written}
            aria-invalid={step === null}
            onChange={({ target }) => setWritten(target.value)}
          />
        </label>
        <p className={css.hint}>{step === null ? words.noStep : words.means[how](fullStep(step))}</p>
        {how === "rewind" && isLive(run) && <p className={css.hint}>{words.live}</p>}
        {place !== null && (
          <>
            <CodeBox copy={pythonLines(how, place)} label={words.python} />
            <CodeBox copy={cppLines(how, place)} label={words.cpp} />
          </>
        )}
      </div>
    </Box>
  );
}
