import { expect, test } from "vitest";
import { cppLines, pythonLines, stepIn } from "./goOn";

const place = { run: "01J", experiment: 'my "first"', workspace: "default", step: 1200n };

test("a fork names the run and the step, in the same experiment", () => {
  expect(pythonLines("fork", place)).toBe(
    'import stepwell\n\nrun = stepwell.init(\n    experiment="my \\"first\\"",\n    fork_from=("01J", 1200),\n)',
  );
  expect(cppLines("fork", place)).toContain('.fork_from = stepwell::ForkPoint{"01J", 1200},\n});');
});

test("a rewind joins the run, and options are in the order of the header", () => {
  expect(pythonLines("rewind", { ...place, workspace: "w" })).toContain(
    'workspace="w",\n    id="01J", rewind_to=1200,',
  );
  expect(cppLines("rewind", { ...place, workspace: "w" })).toMatch(
    /\.experiment = .*\s+\.id = "01J",\s+\.rewind_to = 1200,\s+\.workspace = "w",\s+}\);/,
  );
});

test("a name stays one string, whatever is in it", () => {
  expect(cppLines("fork", { ...place, experiment: "a\u00017\n" })).toContain('"a\\0017\\n"');
});

test("a step is a whole number of 64 bits", () => {
  expect(stepIn(" 1,200 ")).toBe(1200n);
  expect(stepIn("-3")).toBe(-3n);
  for (const bad of ["", "1.5", "x", "9223372036854775808"]) expect(stepIn(bad)).toBeNull();
});
