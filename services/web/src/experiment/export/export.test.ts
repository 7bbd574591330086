import { describe, expect, it } from "vitest";
import { bucketItem, exactItem } from "../../api/series_testing";
import { tableOf } from "../../chart/hover";
import { lineOf, picture, steps } from "../../chart/picture_testing";
import { vectorsOf } from "../../chart/vectors";
import { csvOf, jsonOf, pythonOf, rowsOf } from "./data";
import { svgOf } from "./svg";

const big = 9007199254740993n;
const column = { run: "01A", name: '=cmd|"x"', tag: "train/loss" };
const rows = [
  { column, step: big, wall: 1.5, value: 0.1 },
  { column, step: big + 1n, wall: null, value: Number.NaN },
];

describe("exported numbers", () => {
  it("as CSV keep every digit and are no formulas", () => {
    expect(csvOf(rows)).toBe(
      'run,name,tag,step,wall,value\r\n01A,"\'=cmd|""x""",train/loss,9007199254740993,1.5,0.1\r\n' +
        '01A,"\'=cmd|""x""",train/loss,9007199254740994,,NaN\r\n',
    );
  });

  it("as JSON keep steps beyond 2^53 as integers", () => {
    const text = jsonOf(rows);
    expect(text).toContain('"step":[9007199254740993,9007199254740994]');
    expect(JSON.parse(text)[0]).toMatchObject({ name: '=cmd|"x"', wall: [1.5, null], value: [0.1, "NaN"] });
  });

  it("are those of the table, a column after the other", () => {
    const lines = [
      lineOf(exactItem([0n, 1n], [0, 1], [1, 2]), { id: "a" }),
      lineOf(exactItem([1n], [1], [5]), { id: "b" }),
    ];
    const table = tableOf({ id: "t", layers: picture(lines).layers }, null, 100);
    expect(rowsOf(table, (run) => run).map((row) => [row.column.name, row.step, row.value])).toEqual([
      ["a", 0n, 1],
      ["a", 1n, 2],
      ["b", 1n, 5],
    ]);
  });

  it("as a program name runs and tags as Python's strings", () => {
    const text = pythonOf("http://127.0.0.1:7007", [{ run: "01A", name: "a\nimport os", tag: 'é"\\' }]);
    expect(text).toContain('("01A", "\\u00e9\\"\\\\"),  # a import os\n');
    expect(text).not.toContain("\nimport os");
  });
});

describe("a chart as SVG", () => {
  const ink = {
    text: "#111",
    faint: "#666",
    grid: "#eee",
    axis: "#999",
    background: "#fff",
    sans: '"Inter", sans-serif',
  };
  const vectors = vectorsOf(picture([lineOf(exactItem(steps(4), [0, 1, 2, 3], [1, 2, Number.NaN, 4]))]));
  const svg = svgOf(vectors, "<b>&", [{ label: 'a"<', color: "rgb(200,0,0)", dash: [4, 3] }], "and 3 more runs", ink);

  it("has true vectors in place of points: a stroke for each stretch, a dot for a point alone", () => {
    expect(svg.match(/<path d="M[^"]*L[^"]*" fill="none" stroke="rgb\(200,0,0\)"/g)).toHaveLength(1);
    expect(svg.match(/<circle /g)).toHaveLength(1);
  });

  it("hatches the envelopes of more than forty lines where the canvas does, that of the focused run is whole", () => {
    const columns = Array.from({ length: 100 }, (_, i) => {
      const at = BigInt(2 * i);
      return { steps: [at, at + 1n, at + 1n], values: [-9, 9, 0] };
    });
    const point = exactItem([0n], [0], [0]);
    const lines = Array.from({ length: 41 }, (_, i) => lineOf(i < 2 ? bucketItem(columns) : point, { id: `r${i}` }));
    const of = (kind: string, count: number) => {
      const { shapes } = vectorsOf(picture(lines.slice(0, count), { focus: "r1" }));
      return shapes.filter((shape) => shape.kind === kind);
    };
    expect([of("area", 40).length, of("hatch", 40).length]).toEqual([2, 0]);
    expect([of("area", 41).map(({ run }) => run), of("hatch", 41).map(({ run }) => run)]).toEqual([["r1"], ["r0"]]);
    const hatched = svgOf(vectorsOf(picture(lines, { focus: "r1" })), "", [], "", ink);
    expect(hatched).toMatch(
      /<path d="M0?\.?5 [\d.]+L0?\.?5 [\d.]+M4\.5 [^"]+" fill="none" [^>]*stroke-opacity="0\.08"/,
    );
  });

  it("names its fonts, and names of runs are text", () => {
    expect(svg).toContain('font-family="&quot;Inter&quot;, sans-serif"');
    expect(svg).toContain("&lt;b&gt;&amp;");
    expect(svg).toContain("a&quot;&lt;");
    expect(svg).not.toContain("<b>");
  });
});
