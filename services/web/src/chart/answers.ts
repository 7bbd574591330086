// What the page asks about a picture that it has: the table behind it, what lies in a range or a box, the picture for a file.

import { groupTable, type Hoverable, passing, tableOf } from "./hover";
import { linesOf } from "./lines";
import { neighbourOf } from "./neighbour";
import { drawPicture, type Picture } from "./picture";
import type { Answer, PanelSpec, Question, Scene } from "./protocol";
import type { SeriesStore } from "./store";
import { summaryOf } from "./summary";
import { vectorsOf } from "./vectors";

interface Asked {
  picture: Picture;
  spec: PanelSpec;
  scene: Scene;
  store: SeriesStore;
}

export async function answer(question: Question, { picture, spec, scene, store }: Asked): Promise<Answer | null> {
  const h: Hoverable = { id: spec.id, layers: picture.layers };
  const place = (at: bigint | number | null) => (at === null ? null : placeOf(store, at));
  switch (question.what) {
    case "table":
      return (
        (question.groups === true ? groupTable(h, question.range, question.most) : null) ??
        tableOf(h, question.range, question.most)
      );
    case "summary":
      return summaryOf(h, question.range, place(question.at));
    case "passing":
      return { what: "passing", runs: passing(h, question.x, question.y) };
    case "neighbour":
      return neighbourOf(h.layers, place(question.from), question.by);
    case "vectors":
      return vectorsOf(picture);
    case "picture": {
      const again = drawPicture({
        panel: { ...spec, dpr: question.dpr },
        scene: { ...scene, theme: { ...scene.theme, panel: question.background } },
        base: store.base,
        lines: linesOf(store, spec, scene),
        rewound: picture.layers.rewound,
        rewoundLeft: picture.frame.rewoundLeft,
        loading: false,
        newSteps: 0n,
        held: picture.ranges,
      });
      const { width, height, pad } = spec;
      const sides = { width: width + pad.left + pad.right, height: height + pad.top + pad.bottom };
      return { what: "picture", bitmap: await bitmapOf(again.raster), frame: again.frame, ...sides };
    }
  }
}

export const bitmapOf = ({ pixels, width, height }: Picture["raster"]) =>
  createImageBitmap(new ImageData(pixels, width, height));

/** A step as it stands on the axis. */
export const placeOf = ({ base }: SeriesStore, at: bigint | number): number =>
  typeof at === "bigint" ? Number(at - base) : at;
