// Images of the drawn runs at the step of the view: a grid, a column a run; in full screen one of them large, or two compared.

import { useMemo } from "react";
import type { ValueItem } from "../../api/values";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { useTabbable } from "../roving";
import { ImageControls, LayerToggles, Toggle } from "./image/Controls";
import css from "./image/Image.module.css";
import { type Choice, imagesOf, type LoggedImage, sameChoice } from "./image/image";
import { Legend } from "./image/Legend";
import { COMPARE, type ImageLook, lookOf, see } from "./image/look";
import { Shot } from "./image/Shot";
import { Stage } from "./image/Stage";
import { type Layers, useLayers } from "./image/useLayers";
import { KindShell } from "./KindShell";
import { setKind } from "./own";
import { Gone, RunFigure, RunFigures } from "./RunFigures";
import frame from "./RunFigures.module.css";
import { nameOf } from "./runs";
import { useValues, type Values } from "./useValues";

const PAGE = 4; // images of a run that a panel shows at once
const PAGE_FULL = 24;

export interface RunImages {
  item: ValueItem;
  /** Null: what is logged is no images. */
  images: LoggedImage[] | null;
}

export interface Shown {
  id: string;
  shared: KindPanelProps["shared"];
  values: Values;
  runs: RunImages[];
  look: ImageLook;
  layers: Layers;
}

export function ImagePanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  const { items, place } = values;
  const layers = useLayers(tag, items, place);
  const runs = useMemo(
    () => items.map((item) => ({ item, images: item.point === null ? [] : imagesOf(item.point.value) })),
    [items],
  );
  const look = lookOf(shared, id);
  const full = shared.full === id;
  const most = runs.reduce((count, { images }) => Math.max(count, images?.length ?? 0), 0);
  const shown: Shown = { id, shared, values, runs, look, layers };
  const chosen = full ? look.see.filter((choice) => imageOf(runs, choice) !== undefined) : [];
  const page = full ? PAGE_FULL : PAGE;
  const bar = most > page || full || layers.names.length > 0;
  return (
    <KindShell
      id={id}
      values={values}
      shared={shared}
      bar={
        bar && (
          <>
            {chosen.length === 0 && most > page && <Pages {...shown} most={most} page={page} />}
            {chosen.length > 0 && <StageBar {...shown} chosen={chosen} />}
            <LayerToggles id={id} look={look} layers={layers.names} shared={shared} />
            {full && <ImageControls id={id} look={look} shared={shared} />}
            <Legend id={id} look={look} classes={layers.classes} shared={shared} />
          </>
        )
      }
    >
      {chosen.length > 0 ? <Stage {...shown} chosen={chosen} /> : <Grid {...shown} page={page} />}
    </KindShell>
  );
}

const imageOf = (runs: RunImages[], { run, index }: Choice) =>
  runs.find(({ item }) => item.run === run)?.images?.[index];

function Grid({ page, ...shown }: Shown & { page: number }) {
  const { runs, look, shared, id, values } = shown;
  const full = shared.full === id;
  return (
    <RunFigures className={full ? css.gridFull : css.grid} label={text.kinds.images}>
      {runs.map((of) => (
        // With one run its images have the whole width.
        <RunFigure
          key={of.item.run}
          {...{ id, shared, values }}
          item={of.item}
          className={runs.length === 1 ? css.alone : css.run}
        >
          <Column {...shown} of={of} from={look.first} page={page} />
        </RunFigure>
      ))}
    </RunFigures>
  );
}

interface ColumnProps extends Shown {
  of: RunImages;
  from: number;
  page: number;
}

function Column({ of: { item, images }, from, page, ...shown }: ColumnProps) {
  const { run, problem } = item;
  if (problem !== null) return <Gone>{problem.detail || problem.title}</Gone>;
  if (images === null) return <Gone>{text.kinds.damaged}</Gone>;
  return (
    <div className={css.images}>
      {images.slice(from, from + page).map((image, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step's images are known by their place.
        <Thumb key={i} {...shown} image={image} choice={{ run, index: from + i }} />
      ))}
    </div>
  );
}

interface ThumbProps extends Shown {
  image: LoggedImage;
  choice: Choice;
}

/** A click shows it large; while another is large and *Compare* is on, beside that one. */
export function Thumb({ id, shared, look, layers, image, choice }: ThumbProps) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const said = layers.of(choice.run, choice.index);
  const label = text.kinds.imageOf(
    visible(nameOf(choice.run, shared).slice(0, 100)),
    choice.index + 1,
    visible(said?.caption.slice(0, 200) ?? ""),
  );
  const chosen = look.see.some((other) => sameChoice(other, choice));
  const pressed = () => {
    if (shared.full !== id || look.see.length < 2) return [choice];
    return [look.see[0], choice];
  };
  return (
    <span className={css.thumb}>
      <Shot image={image} alt="" look={look} layers={said} palette={shared.palette}>
        {(shot) => (
          <button
            type="button"
            className={css.open}
            tabIndex={tabIndex}
            aria-label={label}
            aria-pressed={shared.full === id && look.see.length > 0 ? chosen : undefined}
            title={label}
            onClick={() => see(shared, id, pressed())}
          >
            {shot}
          </button>
        )}
      </Shot>
      {said !== undefined && said.caption !== "" && (
        <small className={frame.caption}>{visible(said.caption.slice(0, 200))}</small>
      )}
    </span>
  );
}

/** "1–4 of 40", and to the others. */
function Pages({ id, shared, look, most, page }: Shown & { most: number; page: number }) {
  const to = (first: number) => setKind(shared, id, "i", first <= 0 ? null : String(first));
  const last = Math.min(most, look.first + page);
  return (
    <span className={css.pages}>
      <button
        type="button"
        className={controls.small}
        aria-label={text.kinds.earlierImages}
        disabled={look.first === 0}
        onClick={() => to(look.first - page)}
      >
        ‹
      </button>
      {text.kinds.imagesShown(Math.min(look.first + 1, most), last, most)}
      <button
        type="button"
        className={controls.small}
        aria-label={text.kinds.laterImages}
        disabled={last >= most}
        onClick={() => to(look.first + page)}
      >
        ›
      </button>
    </span>
  );
}

/** Back to the grid, and how two are compared. */
function StageBar({ id, shared, look, chosen, runs }: Shown & { chosen: Choice[] }) {
  const all = runs.flatMap(({ item, images }) => (images ?? []).map((_, index) => ({ run: item.run, index })));
  const other =
    all.find((choice) => choice.index === chosen[0].index && choice.run !== chosen[0].run) ??
    all.find((choice) => !sameChoice(choice, chosen[0]));
  const both = chosen.length === 2;
  return (
    <>
      <Toggle on={false} onClick={() => see(shared, id, [])}>
        {text.kinds.allImages}
      </Toggle>
      {other !== undefined && (
        <Toggle on={both} onClick={() => see(shared, id, both ? [chosen[0]] : [chosen[0], other])}>
          {text.kinds.compare}
        </Toggle>
      )}
      {both && (
        <fieldset className={controls.seg} aria-label={text.kinds.compare}>
          {COMPARE.map((way) => (
            <button
              key={way}
              type="button"
              aria-pressed={look.compare === way}
              onClick={() => setKind(shared, id, "as", way === "side" ? null : way)}
            >
              {text.kinds.compareBy[way]}
            </button>
          ))}
        </fieldset>
      )}
    </>
  );
}
