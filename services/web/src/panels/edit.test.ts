import { describe, expect, it } from "vitest";
import { gridRows, makeSections } from "../experiment/sections";
import { emptyHand } from "../state/hand_panels";
import { handId, OWN_SECTION } from "../state/panel_ids";
import { defaultPanels, type PanelsView } from "../state/panels_view";
import { hidePanel, movePanel, moveSection, overlay, putHand, removeHand, setOverride, togglePin } from "./edit";
import { handTitle } from "./titles";

const TAGS = ["train/a", "train/b", "train/c", "val/a", "val/b", "lonely"];
const none = () => false;

function shown(view: PanelsView, matches = (_: string) => true, without: (tag: string) => boolean = none) {
  const titles = new Map(view.hand.map((panel) => [panel.id, handTitle(panel)]));
  return makeSections(TAGS, view, matches, (id) => titles.get(id) ?? "", without);
}
const panelsOf = (view: PanelsView) =>
  Object.fromEntries(shown(view).map(({ name, panels }) => [String(name), panels]));
const change = (view: PanelsView, ...changes: Partial<PanelsView>[]) =>
  Object.assign({}, view, ...changes) as PanelsView;

describe("panels", () => {
  it("are one a tag, in sections by prefix, in logged order", () => {
    expect(panelsOf(defaultPanels())).toEqual({
      train: ["train/a", "train/b", "train/c"],
      val: ["val/a", "val/b"],
      "": ["lonely"],
    });
  });

  it("stand where they were moved, in another section too", () => {
    let view = change(defaultPanels(), movePanel(defaultPanels(), "train/c", "train/a", false));
    expect(panelsOf(view).train).toEqual(["train/c", "train/a", "train/b"]);
    view = change(view, movePanel(view, "val/a", "train/c", true));
    expect(panelsOf(view)).toMatchObject({ train: ["train/c", "val/a", "train/a", "train/b"], val: ["val/b"] });
  });

  it("that are moved again leave those that were put beside them where they are", () => {
    let view = change(defaultPanels(), movePanel(defaultPanels(), "train/c", "train/a", false));
    view = change(view, movePanel(view, "train/b", "train/c", false));
    expect(panelsOf(view).train).toEqual(["train/b", "train/c", "train/a"]);
    view = change(view, movePanel(view, "train/c", "val/b", true));
    expect(panelsOf(view)).toMatchObject({ train: ["train/b", "train/a"], val: ["val/a", "val/b", "train/c"] });
  });

  it("moved to and fro do not make the address longer and longer", () => {
    let view = defaultPanels();
    for (let i = 0; i < 20; i++) view = change(view, movePanel(view, "train/a", i % 2 ? "train/b" : "train/c", true));
    expect(view.moves).toEqual([{ panel: "train/a", beside: "train/b", after: true }]);
  });

  it("are pinned and unpinned by being moved there and away", () => {
    let view = change(defaultPanels(), togglePin(defaultPanels(), "val/b"));
    view = change(view, movePanel(view, "train/b", "val/b", false));
    expect(view.pin).toEqual(["train/b", "val/b"]);
    view = change(view, movePanel(view, "val/b", "train/b", false));
    expect(view.pin).toEqual(["val/b", "train/b"]);
    view = change(view, movePanel(view, "val/b", "lonely", false));
    expect(view.pin).toEqual(["train/b"]);
    expect(panelsOf(view)[""]).toEqual(["val/b", "lonely"]);
  });

  it("whose tag no drawn run has are folded, unless they are pinned", () => {
    const view = change(defaultPanels(), { pin: ["val/a"] });
    const sections = shown(
      view,
      () => true,
      (tag) => tag === "train/b" || tag === "val/a",
    );
    expect(sections.map(({ panels, folded }) => [panels, folded])).toEqual([
      [["val/a"], []],
      [["train/a", "train/c"], ["train/b"]],
      [["val/b"], []],
      [["lonely"], []],
    ]);
  });

  it("are hidden, and found by a filter of tags or titles", () => {
    let view = change(defaultPanels(), hidePanel(defaultPanels(), "train/a"));
    view = change(view, putHand(view, { ...emptyHand(handId(1), "lines"), y: ["val/a"], title: "About training" }));
    expect(shown(view, (name) => name.includes("train")).map(({ name, panels }) => [name, panels])).toEqual([
      [OWN_SECTION, [handId(1)]],
      ["train", ["train/b", "train/c"]],
    ]);
  });
});

describe("a panel that is dropped on another", () => {
  it("makes one panel by hand at the place of the target", () => {
    const view = change(defaultPanels(), overlay(defaultPanels(), "val/a", "train/b")!);
    expect(view.hand).toEqual([{ ...emptyHand(handId(1), "lines"), y: ["train/b", "val/a"] }]);
    expect(panelsOf(view)).toMatchObject({ train: ["train/a", handId(1), "train/c"], val: ["val/b"] });
  });

  it("is taken in by a panel by hand, and comes back when that is deleted", () => {
    let view = change(defaultPanels(), overlay(defaultPanels(), "val/a", "train/b")!);
    view = change(view, overlay(view, "lonely", handId(1))!);
    expect(view.hand[0].y).toEqual(["train/b", "val/a", "lonely"]);
    expect(panelsOf(view)[""]).toBeUndefined();
    view = change(view, removeHand(view, handId(1)));
    expect(view).toEqual(defaultPanels());
  });

  it("takes the target's pin over", () => {
    const pinned = change(defaultPanels(), { pin: ["val/b", "train/b"] });
    expect(change(pinned, overlay(pinned, "val/b", "train/b")!).pin).toEqual([handId(1)]);
  });

  it("is refused where one of both is no chart of lines", () => {
    const view = change(defaultPanels(), putHand(defaultPanels(), emptyHand(handId(1), "text")));
    expect(overlay(view, "train/a", handId(1))).toBeNull();
    expect(overlay(view, "train/a", "train/a")).toBeNull();
  });
});

describe("sections", () => {
  it("are moved one place, and a filter that hides some forgets none", () => {
    let view = change(defaultPanels(), moveSection(defaultPanels(), ["train", "val", ""], "", -1));
    expect(Object.keys(panelsOf(view))).toEqual(["train", "", "val"]);
    view = change(view, moveSection(view, ["train", "val"], "val", -1));
    expect(Object.keys(panelsOf(view)).indexOf("val")).toBeLessThan(Object.keys(panelsOf(view)).indexOf("train"));
  });
});

describe("overrides", () => {
  it("are set, kept in one order, and gone when the last is reset", () => {
    let list = setOverride([], "a", "w", "2");
    list = setOverride(list, "a", "y", "log");
    expect(list).toEqual([
      {
        of: "a",
        set: [
          ["y", "log"],
          ["w", "2"],
        ],
      },
    ]);
    expect(setOverride(setOverride(list, "a", "y", null), "a", "w", null)).toEqual([]);
  });
});

const ONE = { width: 1, height: 200 };

describe("the grid", () => {
  it("is one row where a section is closed", () => {
    const sections = makeSections(
      ["a/1", "a/2", "a/3", "b/1"],
      defaultPanels(),
      () => true,
      () => "",
      none,
    );
    const sizes = { columnsOf: () => 2, sizeOf: () => ONE };
    expect(gridRows(sections, ["a"], sizes).map((row) => row.kind)).toEqual(["head", "head", "cards"]);
    expect(gridRows(sections, [], sizes).map((row) => row.kind)).toEqual(["head", "cards", "cards", "head", "cards"]);
  });

  it("breaks before a panel that does not fit, and is as high as its highest panel", () => {
    const sections = makeSections(
      ["a", "b", "c", "d"],
      defaultPanels(),
      () => true,
      () => "",
      none,
    );
    const rows = gridRows(sections, [], {
      columnsOf: () => 3,
      sizeOf: (id) => (id === "b" ? { width: 2, height: 300 } : id === "c" ? { width: 9, height: 200 } : ONE),
    });
    expect(
      rows.map((row) => (row.kind === "cards" ? [row.height, ...row.cells.map((c) => [c.id, c.width])] : row.kind)),
    ).toEqual(["head", [300, ["a", 1], ["b", 2]], [200, ["c", 3]], [200, ["d", 1]]]);
  });
});
