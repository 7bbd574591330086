import { describe, expect, it } from "vitest";
import {
  drawnRuns,
  isDrawn,
  isGroupDrawn,
  isMemberShown,
  onlyGroup,
  setDrawn,
  setGroupDrawn,
  setMemberShown,
} from "./selection";
import type { Selection } from "./view";

const table = ["a", "b", "c", "d"].map((id) => ({ id }));
const known = new Map(["a", "b", "c", "d", "away"].map((id) => [id, { id }]));
const drawn = (sel: Selection, most = 100) => drawnRuns(sel, table, known, most).map((run) => run.id);
const top2: Selection = { base: "top", n: 2, minus: [], plus: [] };

describe("selection", () => {
  it("is a rule with exceptions", () => {
    expect(drawn(top2)).toEqual(["a", "b"]);
    expect(drawn({ ...top2, minus: ["a"], plus: ["d"] })).toEqual(["b", "d"]);
    expect(drawn({ base: "all", minus: ["c"], plus: [] })).toEqual(["a", "b", "d"]);
    expect(drawn({ base: "ids", ids: ["d", "gone"] })).toEqual(["d"]);
  });

  it("keeps named runs that are not in the table, behind those that are", () => {
    expect(drawn({ base: "ids", ids: ["away", "d"] })).toEqual(["d", "away"]);
    expect(drawn({ ...top2, plus: ["away"] })).toEqual(["a", "b", "away"]);
  });

  it("of all draws no more than can be drawn, but whatever was named", () => {
    expect(drawn({ base: "all", minus: [], plus: ["d"] }, 2)).toEqual(["a", "b", "d"]);
  });

  it("goes back to the bare rule when an exception is undone", () => {
    const without = setDrawn(top2, "a", 0, false);
    expect(drawn(without)).toEqual(["b"]);
    expect(setDrawn(without, "a", 0, true)).toEqual(top2);
    expect(setDrawn(setDrawn(top2, "d", 3, true), "d", 3, false)).toEqual(top2);
    const away = setDrawn(top2, "away", Number.POSITIVE_INFINITY, true);
    expect(setDrawn(away, "away", Number.POSITIVE_INFINITY, false)).toEqual(top2);
  });

  it("of named runs adds and removes names, and of none stays a selection of none", () => {
    expect(setDrawn({ base: "ids", ids: ["a"] }, "c", 2, true)).toEqual({ base: "ids", ids: ["a", "c"] });
    expect(drawn(setDrawn({ base: "ids", ids: ["a"] }, "a", 0, false))).toEqual([]);
  });

  it("says the same for one run as for all", () => {
    for (const sel of [
      top2,
      { ...top2, minus: ["b"], plus: ["c"] },
      { base: "none", minus: [], plus: ["d"] } as Selection,
    ]) {
      expect(table.filter(({ id }, place) => isDrawn(sel, id, place)).map(({ id }) => id)).toEqual(drawn(sel));
    }
  });
});

describe("a selection of groups", () => {
  const groups = ["vit", "cnn", "mlp"];
  const states = (sel: Selection, named: string[] = []) =>
    groups.map((key, place) => isGroupDrawn(sel, key, place, named.includes(key)));

  it("counts groups, with exceptions by their keys", () => {
    expect(states(top2)).toEqual(["whole", "whole", "no"]);
    const without = setGroupDrawn(top2, "vit", 0, [], false);
    expect(without).toEqual({ ...top2, groups: { minus: ["vit"], plus: [] } });
    expect(states(without)).toEqual(["no", "whole", "no"]);
    expect(setGroupDrawn(without, "vit", 0, [], true)).toEqual(top2);
    expect(states(setGroupDrawn(top2, "mlp", 2, [], true))).toEqual(["whole", "whole", "whole"]);
    expect(states(onlyGroup("mlp"))).toEqual(["no", "no", "whole"]);
    expect(states({ base: "all", minus: [], plus: [] })).toEqual(["whole", "whole", "whole"]);
  });

  it("hides a member's line and leaves its group as it is", () => {
    const hidden = setMemberShown(top2, "a", "whole", false);
    expect(isMemberShown(hidden, "a", "whole")).toBe(false);
    expect(isMemberShown(hidden, "b", "whole")).toBe(true);
    expect(states(hidden)).toEqual(states(top2));
    expect(setMemberShown(hidden, "a", "whole", true)).toEqual(top2);
  });

  it("draws the groups of named runs, with the lines of those alone", () => {
    const ids: Selection = { base: "ids", ids: ["a"] };
    expect(states(ids, ["cnn"])).toEqual(["no", "named", "no"]);
    expect(isMemberShown(ids, "a", "named")).toBe(true);
    expect(isMemberShown(ids, "b", "named")).toBe(false);
    const both = setGroupDrawn(ids, "vit", 0, [], true);
    expect(states(both, ["cnn"])).toEqual(["whole", "named", "no"]);
    expect(setGroupDrawn(both, "cnn", 1, ["a"], false)).toEqual(onlyGroup("vit"));
    expect(states(setGroupDrawn(ids, "cnn", 1, ["a"], false))).toEqual(["no", "no", "no"]);
  });

  it("of a group that is not drawn draws the member that is asked for", () => {
    const none = setGroupDrawn(top2, "vit", 0, [], false);
    const one = setMemberShown(none, "a", "no", true);
    expect(isGroupDrawn(one, "vit", 0, true)).toBe("named");
    expect(isMemberShown(one, "a", "named")).toBe(true);
    expect(isMemberShown(one, "b", "named")).toBe(false);
    expect(setMemberShown(one, "a", "named", false)).toEqual(none);
  });
});
