import { expect, test } from "vitest";
import { asCommandLine, asJson, asYaml, paramRows } from "./params";

const params = { "optim.lr": 0.001, "optim.name": "no", "model.arch": "vit b'16", epochs: 3, "stepwell.host": "x" };

test("JSON is nested and has nothing that was captured", () => {
  expect(JSON.parse(asJson(params))).toEqual({
    optim: { lr: 0.001, name: "no" },
    model: { arch: "vit b'16" },
    epochs: 3,
  });
});

test("a key that is a value and a parent stays dotted, and __proto__ is a name like others", () => {
  expect(JSON.parse(asJson({ a: 1, "a.b": 2 }))).toEqual({ a: 1, "a.b": 2 });
  const text = asJson(JSON.parse('{"__proto__.x": 1}'));
  expect(text).toContain('"__proto__"');
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test("YAML quotes what would be read as another type", () => {
  expect(asYaml(params)).toBe('epochs: 3\nmodel:\n  arch: "vit b\'16"\noptim:\n  lr: 0.001\n  name: "no"\n');
});

test("a command line can be pasted into a shell", () => {
  expect(asCommandLine(params)).toBe("--epochs 3 --model.arch 'vit b'\\''16' --optim.lr 0.001 --optim.name no");
});

test("rows differ by value and type, and by being there", () => {
  const rows = paramRows({ a: 1, b: "1", c: 2 }, { a: 1, b: 1, d: 3 });
  expect(rows.filter((row) => row.differs).map((row) => row.key)).toEqual(["b", "c", "d"]);
  expect(paramRows({ a: 1 }, null).some((row) => row.differs)).toBe(false);
});
