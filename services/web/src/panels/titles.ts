// What a panel is called: its title, or what it shows.

import { tagText } from "../api/tags";
import { parseColumn } from "../state/columns";
import type { HandPanel } from "../state/hand_panels";
import { text } from "../text";

const MOST = 4; // names in a title that is made

/** A column as people read it: `m.val/acc.max` → `val/acc max`, `params.lr` → `lr`. */
export function columnTitle(text: string): string {
  const column = parseColumn(text);
  if (column === null) return text;
  return column.space === "metric" ? `${tagText(column.name)} ${column.stat}` : column.name;
}

export const sourceTitle = (source: string) => (source.startsWith("=") ? source.slice(1).trim() : tagText(source));

export function handTitle(panel: HandPanel): string {
  if (panel.title !== "") return panel.title;
  const some = (names: string[]) => (names.length > MOST ? `${names.slice(0, MOST).join(", ")}, …` : names.join(", "));
  switch (panel.kind) {
    case "lines": {
      const names = panel.y.map(sourceTitle);
      if (panel.match !== "") names.push(panel.match);
      return some(names) || text.kindName.lines;
    }
    case "scatter":
      return text.yAgainstX(some(panel.y.map(columnTitle)), columnTitle(panel.x));
    case "text":
      return text.kindName.text;
    default:
      return some(panel.y.map(columnTitle)) || text.kindName[panel.kind];
  }
}
