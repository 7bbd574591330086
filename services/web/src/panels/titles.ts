// What a panel is called: its title, or what it shows.

import { tagText } from "../api/tags";
import type { HandPanel } from "../state/hand_panels";
import { text } from "../text";

const MOST = 4; // names in a title that is made

/** A column as people read it: `m.val/acc.max` → `val/acc max`, `params.lr` → `lr`. */
export function columnTitle(column: string): string {
  const metric = /^m\.(.*)\.(last|min|max)$/s.exec(column);
  if (metric !== null) return `${tagText(unquote(metric[1]))} ${metric[2]}`;
  const other = /^(?:params|labels)\.(.*)$/s.exec(column);
  return other === null ? column : unquote(other[1]);
}

const unquote = (name: string) => (/^".*"$/s.test(name) ? name.slice(1, -1).replace(/\\(.)/gs, "$1") : name);

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
