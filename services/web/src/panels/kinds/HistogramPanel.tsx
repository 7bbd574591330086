// Histograms of the drawn runs: on top of each other at the step of the view, or of one run over its steps.

import { tagText } from "../../api/tags";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { percentileTable, runTable, stepTable } from "./histogram/table";
import { FIXED_POINTS, FORMS, type Settings, subjectOf, usePicture } from "./histogram/usePicture";
import { Choice, Switch, TableButton } from "./KindBar";
import { KindShell } from "./KindShell";
import { setKind } from "./own";
import { Plot } from "./Plot";
import css from "./Plot.module.css";
import { nameOf } from "./runs";
import { useValues, type Values } from "./useValues";

const EVENLY = "even";
const APART_BY = ["step", "rel", "wall"] as const;
const BY_NAMES = ([EVENLY, ...APART_BY] as const).map((by) => [by, text.histogram.by[by]] as const);
const FORM_NAMES = FORMS.map((form) => [form, text.histogram.forms[form]] as const);

export function HistogramPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  const own = new Map(shared.panelSet(id));
  const set = (key: "as" | "run", value: string) => setKind(shared, id, key, value);
  const several = (values.items.length || shared.looks.size) > 1;
  const form = FORMS.find((known) => known === own.get("as")) ?? (several ? "overlay" : "ridge");
  const settings: Settings = {
    form,
    run: own.get("run"),
    log: shared.overridesOf(id).y?.startsWith("log") ?? false,
    by: form === "ridge" ? (APART_BY.find((axis) => axis === own.get("by")) ?? null) : null,
    rebinned: own.get("bins") === "equal" && form !== "bands",
    fixed: own.get("fix") === "on",
  };
  const picture = usePicture({ ...settings, tag, kind, shared, values });
  const { layers, strand } = picture;
  const title = visible(tagText(tag).slice(0, 200)) || text.empty;
  const table = () =>
    form === "overlay" ? runTable(layers) : form === "bands" ? percentileTable(strand) : stepTable(strand);
  const bar = (
    <>
      <Choice id={id} label={text.histogram.form} value={form} options={FORM_NAMES} onChoose={(as) => set("as", as)} />
      {form !== "overlay" && (
        <RunChoice id={id} shared={shared} values={values} wanted={settings.run} onChoose={(run) => set("run", run)} />
      )}
      {form === "ridge" && (
        <Choice
          id={id}
          label={text.histogram.apart}
          value={settings.by ?? EVENLY}
          options={BY_NAMES}
          onChoose={(by) => setKind(shared, id, "by", by === EVENLY ? null : by)}
        />
      )}
      <Switches id={id} settings={settings} shared={shared} />
      <TableButton id={id} title={title} content={table} />
    </>
  );
  return (
    <KindShell id={id} values={values} shared={shared} bar={bar}>
      {picture.loading ? (
        <div className={`${controls.skeleton} ${css.wait}`} />
      ) : picture.sentence !== null ? (
        <p className={css.none}>{picture.sentence}</p>
      ) : (
        <Plot
          label={text.histogram.label(text.histogram.forms[form], title, form === "overlay" ? layers.length : 1)}
          background={shared.palette.panel}
          draw={picture.draw}
          notes={picture.notes}
          onPick={picture.pick}
        />
      )}
    </KindShell>
  );
}

interface RunProps extends Pick<KindPanelProps, "id" | "shared"> {
  values: Values;
  wanted: string | undefined;
  onChoose(run: string): void;
}

function RunChoice({ id, shared, values, wanted, onChoose }: RunProps) {
  if (values.items.length < 2) return null;
  const runs = values.items.map(({ run }) => {
    return [run, visible(nameOf(run, shared).slice(0, 100)) || text.empty] as const;
  });
  const run = subjectOf(values, wanted)?.run ?? "";
  return <Choice id={id} label={text.histogram.run} value={run} options={runs} onChoose={onChoose} />;
}

interface SwitchesProps extends Pick<KindPanelProps, "id" | "shared"> {
  settings: Settings;
}

function Switches({ id, shared, settings: { form, log, rebinned, fixed } }: SwitchesProps) {
  const words = text.histogram;
  const set = (key: "y" | "bins" | "fix", value: string | null) => setKind(shared, id, key, value);
  return (
    <>
      {(form === "overlay" || form === "ridge") && (
        <Switch id={id} word="log" label={words.log} on={log} onSwitch={(on) => set("y", on ? "log" : "lin")} />
      )}
      {form !== "bands" && (
        <Switch
          id={id}
          word={words.rebin}
          label={words.rebinLabel}
          on={rebinned}
          onSwitch={(on) => set("bins", on ? "equal" : null)}
        />
      )}
      {form === "overlay" && (
        <Switch
          id={id}
          word={words.fix}
          label={words.fixLabel(FIXED_POINTS)}
          on={fixed}
          onSwitch={(on) => set("fix", on ? "on" : null)}
        />
      )}
    </>
  );
}
