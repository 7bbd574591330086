import { describe, expect, it } from "vitest";
import type { TagItem } from "../api/types";
import { gridRows, makeSections } from "../experiment/sections";
import { kindId } from "../state/panel_ids";
import { defaultPanels } from "../state/panels_view";
import { overlay } from "./edit";
import { isLines, sectionOf } from "./shared";
import { tagPanels } from "./tag_panels";
import { doubtful } from "./without";

const tag = (kind: string, tag: string, runs?: number): TagItem => ({ tag, kind, runs });

const sections = (ids: string[], without: (id: string) => boolean = () => false) =>
  makeSections(
    ids,
    defaultPanels(),
    () => true,
    () => "",
    without,
  );

describe("panels of tags", () => {
  it("are one for each tag and kind, in logged order", () => {
    const ids = tagPanels([tag("scalar", "val/acc"), tag("image", "val/sample"), tag("text", "val/acc")]);
    expect(ids).toEqual(["val/acc", kindId("image", "val/sample"), kindId("text", "val/acc")]);
    expect(sections(ids)).toEqual([{ name: "val", panels: ids, folded: [], others: [] }]);
  });

  it("are not made of what a client captured, nor of what is shown with images", () => {
    const ids = tagPanels([
      tag("text", "stepwell/console"),
      tag("scalar", "stepwell/number"),
      tag("image", "a"),
      tag("text", "a/annotations"),
      tag("image", "a/masks/truth"),
      tag("text", "b/annotations"),
      tag("image", "b/masks/truth"),
    ]);
    expect(ids).toEqual([
      "stepwell/number",
      kindId("image", "a"),
      kindId("text", "b/annotations"),
      kindId("image", "b/masks/truth"),
    ]);
  });

  it("are folded where no drawn run has the tag; kinds without a panel are told in a line", () => {
    const ids = tagPanels([tag("image", "m/a"), tag("histogram", "m/b"), tag("profile", "m/c"), tag("layout", "g")]);
    const made = sections(ids, (id) => id === kindId("image", "m/a"));
    expect(made.map(({ name, ...lists }) => [name, lists])).toEqual([
      [
        "m",
        { panels: [kindId("histogram", "m/b")], folded: [kindId("image", "m/a")], others: [kindId("profile", "m/c")] },
      ],
      ["", { panels: [], folded: [], others: [kindId("layout", "g")] }],
    ]);
    const rows = gridRows(made, [], { columnsOf: () => 2, sizeOf: () => ({ width: 1, height: 200 }) });
    expect(rows.map((row) => row.kind)).toEqual(["head", "cards", "folded", "others", "head", "others"]);
  });

  it("asks of kinds that have panels whether drawn runs have them", () => {
    const tags = [tag("scalar", "loss", 9), tag("image", "a", 1), tag("profile", "b", 1), tag("scalar", "rare", 1)];
    expect(doubtful(tags, 9, 2)).toEqual([kindId("image", "a"), "rare"]);
  });

  it("are no lines: they take no other panel and are in none", () => {
    const image = kindId("image", "val/sample");
    expect(isLines("val/acc", undefined)).toBe(true);
    expect(isLines(image, undefined)).toBe(false);
    expect(sectionOf(image)).toBe("val");
    expect(overlay(defaultPanels(), image, "val/acc")).toBeNull();
    expect(overlay(defaultPanels(), "val/acc", image)).toBeNull();
  });
});
