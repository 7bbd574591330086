import { describe, expect, it } from "vitest";
import type { RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import { metricOf } from "../state/columns";
import { asCsv, asMarkdown } from "./copy";
import { groupText } from "./copyAll";

const run = (name: string, params: Record<string, unknown>): Run =>
  ({ id: name, name, params, summary: { loss: { last: 0.1 + 0.2 } } }) as unknown as Run;

const LR = { space: "param", name: "lr" } as const;

describe("the table as text", () => {
  it("has every digit, and no formula for a spreadsheet", () => {
    const csv = asCsv(
      [run('=HYPERLINK("x")', { lr: -1e-7 })],
      [LR, metricOf("loss", "last"), metricOf("loss", "course")],
    );
    expect(csv).toBe('name,params.lr,metrics.loss.last\r\n"\'=HYPERLINK(""x"")",-1e-7,0.30000000000000004\r\n');
  });

  it("is a Markdown table whose cells cannot leave it", () => {
    expect(asMarkdown([run("a|b\n<i>", { lr: "x" })], [LR])).toBe(
      "| Run | lr |\n| --- | --- |\n| a\\|b \\<i\\> | x |\n",
    );
  });

  it("of groups has a line each: keys, how many, mean and deviation, and the value that all share", () => {
    const group = {
      key: ["vit", null],
      count: 3,
      params: { lr: { distinct: 1, value: 0.1 }, wd: { distinct: 2 } },
      metrics: { loss: { last: { mean: 0.5, std: null } } },
    } as unknown as RunGroup;
    const by = [
      { space: "param", name: "arch" },
      { space: "label", name: "team" },
    ] as const;
    const columns = [LR, { space: "param", name: "wd" } as const, metricOf("loss", "last")];
    expect(groupText([group], by, columns, "csv")).toBe(
      "params.arch,labels.team,runs,params.lr,params.wd,metrics.loss.last mean,metrics.loss.last std\r\nvit,,3,0.1,,0.5,\r\n",
    );
    expect(groupText([group], by, columns, "markdown").split("\n")[2]).toBe("| vit |  | 3 | 0.1 |  | 0.5 |  |");
  });
});
