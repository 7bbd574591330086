// Which panels the tags of an experiment make: one a tag and kind, in logged order.

import { tagKey } from "../api/tags";
import type { TagItem } from "../api/types";
import { kindId } from "../state/panel_ids";

/** What a client captured by itself is on the run's page. */
const CAPTURED = "stepwell/";

/** Ids of the panels, and of the tags of kinds that have none. Captions, boxes and masks of images are shown with them. */
export function tagPanels(tags: readonly TagItem[]): string[] {
  const images = new Set(tags.filter(({ kind }) => kind === "image").map(tagKey));
  const isLayer = (item: TagItem) => {
    const image = imageOf(tagKey(item), item.kind);
    return image !== null && images.has(image);
  };
  return tags
    .filter((item) => item.kind === "scalar" || !(item.tag.startsWith(CAPTURED) || (images.size > 0 && isLayer(item))))
    .map((item) => kindId(item.kind, tagKey(item)));
}

/** The tag of the images that these are annotations or a mask of, by its name; null: by its name it is none. */
function imageOf(tag: string, kind: string): string | null {
  if (kind === "text") return /^(.*)\/annotations$/s.exec(tag)?.[1] ?? null;
  return kind === "image" ? (/^(.*)\/masks\/[^/]+$/s.exec(tag)?.[1] ?? null) : null;
}
