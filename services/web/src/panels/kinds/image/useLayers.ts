// Captions, boxes and masks of the images that a panel shows. They are looked up at the images' own steps: those of another step
// would be of another image.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { tagText } from "../../../api/tags";
import { MOST_SERIES, type ValueItem } from "../../../api/values";
import { askValues } from "../../../api/values_batch";
import { valuesKey } from "../../../experiment/data";
import type { Place } from "../useValues";
import { annotationsOf, BOXES, classesOf, imagesOf, type MaskClass, type MaskRef, maskLayer, type Said } from "./image";

export interface MaskImage extends MaskRef {
  blob: string;
}

export interface SaidWithMasks extends Omit<Said, "masks"> {
  masks: MaskImage[];
}

export interface Layers {
  /** What is said about an image of a run. */
  of(run: string, index: number): SaidWithMasks | undefined;
  /** Layers that there are, as the address names them. */
  names: string[];
  /** Classes of the masks among them. */
  classes: MaskClass[];
}

const NO_LAYERS: Layers = { of: () => undefined, names: [], classes: [] };

export function useLayers(tag: string, items: readonly ValueItem[], place: Place): Layers {
  // A tag whose bytes are no text has no annotations that could be named.
  const runs = tagText(tag) === tag ? items.map(({ run }) => run) : [];
  const steps = items.map(({ point }) => String(point?.step)).join();
  const answer = useQuery({
    queryKey: [...valuesKey, "layers", tag, runs.join(), steps, place.x, String(place.at)],
    enabled: runs.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => fetchLayers(tag, runs, place, signal),
  });
  return useMemo(() => (answer.data === undefined ? NO_LAYERS : joined(answer.data, items)), [answer.data, items]);
}

interface Answer {
  said: ValueItem[];
  masks: Map<string, ValueItem[]>;
}

async function fetchLayers(tag: string, runs: string[], { x, at }: Place, signal: AbortSignal): Promise<Answer> {
  const ask = async (kind: string, name: string, from: string[]) => {
    const found = await askValues({ series: from.map((run) => ({ run, tag: name, kind })), x, at }, signal);
    return found.filter(({ point }) => point !== null);
  };
  const said = await ask("text", `${tag}/annotations`, runs);
  const names = new Set(said.flatMap(({ point }) => [...annotationsOf(point?.value).values()].flatMap(masksOf)));
  const having = said.map(({ run }) => run).slice(0, MOST_SERIES);
  const masks = await Promise.all(
    [...names].map(async (name) => [name, await ask("image", `${tag}/masks/${name}`, having)] as const),
  );
  return { said, masks: new Map(masks) };
}

const masksOf = ({ masks }: Said) => masks.map(({ name }) => name);

function joined({ said, masks }: Answer, items: readonly ValueItem[]): Layers {
  const steps = new Map(items.map(({ run, point }) => [run, point?.step]));
  const atStep = ({ run, point }: ValueItem) => point !== null && point.step === steps.get(run);
  const images = new Map<string, string>();
  for (const [name, found] of masks) {
    for (const item of found.filter(atStep))
      for (const [i, { blob }] of (imagesOf(item.point?.value) ?? []).entries())
        images.set(JSON.stringify([name, item.run, i]), blob);
  }
  const of = new Map<string, Map<number, SaidWithMasks>>();
  const names = new Set<string>();
  const shown: MaskImage[] = [];
  for (const item of said.filter(atStep)) {
    const layered = new Map<number, SaidWithMasks>();
    for (const [index, { caption, boxes, masks }] of annotationsOf(item.point?.value)) {
      const there = masks.flatMap((mask): MaskImage[] => {
        const blob = images.get(JSON.stringify([mask.name, item.run, mask.index]));
        return blob === undefined ? [] : [{ ...mask, blob }];
      });
      layered.set(index, { caption, boxes, masks: there });
      if (boxes.length > 0) names.add(BOXES);
      for (const { name } of there) names.add(maskLayer(name));
      shown.push(...there);
    }
    of.set(item.run, layered);
  }
  return { of: (run, index) => of.get(run)?.get(index), names: [...names], classes: classesOf(shown) };
}
