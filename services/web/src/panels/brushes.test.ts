import { describe, expect, it } from "vitest";
import { type AxisView, plainAxis } from "../state/axes";
import { emptyHand, type HandPanel, parseHand, withAxis } from "../state/hand_panels";
import { handId } from "../state/panel_ids";
import { addBrushes, brushesAt, brushFilter, passes, placesOf, withoutBrushes } from "./brushes";
import type { Cell } from "./columns";
import { nearestLine, nearestMark } from "./nearest";
import { sideScale } from "./scales";

const Y = ["params.lr", "params.opt", "m.val/acc.max"];
const panel = (...axes: Partial<AxisView>[]): HandPanel =>
  axes.reduce<HandPanel>((all, axis, i) => withAxis(all, Y[i], { ...plainAxis(), ...axis }), {
    ...emptyHand(handId(1), "parallel"),
    y: Y,
  });

describe("brushes", () => {
  it("let a run through that is in one of every axis", () => {
    const brushed = panel(
      {
        brushes: [
          [0, 1],
          [5, 6],
        ],
      },
      { brushes: ["adam"] },
    );
    expect(passes(brushed, [0.5, "adam", null])).toBe(true);
    expect(passes(brushed, [6, "adam", 0.1])).toBe(true);
    expect(passes(brushed, [3, "adam", 0.1])).toBe(false);
    expect(passes(brushed, [0.5, "sgd", 0.1])).toBe(false);
    expect(passes(brushed, [null, "adam", 0.1])).toBe(false);
    expect(passes(brushed, [Number.NaN, "adam", 0.1])).toBe(false);
    expect(passes(withoutBrushes(brushed), [null, null, null])).toBe(true);
  });

  it("are a text of the filter language, with values of the type that the runs have", () => {
    const rows: { cells: Cell[] }[] = [{ cells: [0.001, "adam", 0.5] }, { cells: [1, "true", 0.5] }];
    expect(brushFilter(panel({ brushes: [[0.001, 0.1]] }), rows)).toBe("params.lr >= 0.001 and params.lr <= 0.1");
    expect(brushFilter(panel({}, { brushes: ["adam", "true"] }), rows)).toBe(
      '(params.opt = "adam" or params.opt = "true" or params.opt = true)',
    );
    expect(brushFilter(panel({ brushes: ["0.001"] }, {}, { brushes: [[0, 1]] }), rows)).toBe(
      "params.lr = 0.001 and metrics.val/acc.max >= 0 and metrics.val/acc.max <= 1",
    );
  });

  it("stay in the address, as people would write them", () => {
    const brushed = panel({ scale: "log", brushes: [[0.001, 0.1]] }, { flip: true, brushes: ["a, b"] });
    const text = 'parallel;y:params.lr,params.opt,m.val/acc.max;a1:log,0.001..0.1;a2:flip,"=a, b"';
    expect(parseHand(brushed.id, text)).toEqual(brushed);
    expect(parseHand(brushed.id, text.replace("a2:", "a4:"))).toBeNull();
    expect(parseHand(brushed.id, text.replace("0.001..0.1", "0.1..0.001"))).toBeNull();
  });

  it("are where they were drawn, on a logarithmic axis too, and categories whole", () => {
    const log = sideScale([0.001, 1, -1, null], 100, "log");
    expect(log.at(-1)).toBeNull();
    const [brush] = brushesAt(log, 0.2, 0.8);
    const places = placesOf(log, brush)!;
    expect(places[0]).toBeCloseTo(0.2, 2);
    expect(places[1]).toBeCloseTo(0.8, 2);
    const names = sideScale(["a", "b", "c"], 100);
    expect(brushesAt(names, 0.4, 0.9)).toEqual(["b", "c"]);
    expect(placesOf(names, "gone")).toBeNull();
    expect(sideScale([1, 2, 10], 100, "cat").names).toEqual(["1", "2", "10"]);
  });

  it("that touch become one", () => {
    expect(addBrushes({ ...plainAxis(), brushes: [[0, 2], "a"] }, [[1, 3]]).brushes).toEqual([[0, 3], "a"]);
  });
});

describe("the pointer", () => {
  it("is at the nearest mark or line within reach, of two the one on top", () => {
    const marks = [
      { x: 0, y: 0 },
      { x: 5, y: 0 },
      { x: 5, y: 0 },
    ];
    expect(nearestMark(marks, 4, 0)).toBe(marks[2]);
    expect(nearestMark(marks, 40, 0)).toBeNull();
    const lines = [{ ys: [0, 100] }, { ys: [100, null, 0] }];
    expect(nearestLine(lines, 50, 25, 52)).toBe(lines[0]);
    expect(nearestLine(lines, 50, 75, 10)).toBeNull();
  });
});
