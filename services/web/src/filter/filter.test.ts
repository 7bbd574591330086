import { describe, expect, it } from "vitest";
import { fill, isUnfinished, mayBecomeKey, type Option, placeAt } from "./complete";
import { conditionsOf, textOf } from "./form";
import { lex } from "./lex";
import { both, meaningOf, narrowed, placeOf, withTest, wrongPart } from "./meaning";
import { pieces } from "./Painted";

const FULL = 'metrics."val/acc".max > 60 and params.epochs = 90 and not labels.stage ~ "debug"';

describe("the filter's text", () => {
  it("is cut into tokens without a gap but spaces", () => {
    expect(lex(FULL).map((t) => `${t.kind} ${t.text}`)).toEqual([
      'key metrics."val/acc".max',
      "op >",
      "number 60",
      "word and",
      "key params.epochs",
      "op =",
      "number 90",
      "word and",
      "word not",
      "key labels.stage",
      "op ~",
      'string "debug"',
    ]);
    for (const text of ['params."open', "((", "a 'b", "%&$", 'x = "\\"', "é💥 ~"]) {
      const tokens = lex(text);
      expect(tokens.map((t) => t.text).join("")).toBe(text.replace(/\s/g, (c, at) => (inToken(tokens, at) ? c : "")));
    }
  });

  const inToken = (tokens: { from: number; to: number }[], at: number) => tokens.some((t) => t.from <= at && at < t.to);

  it("is a condition where it begins like one, and a search for names otherwise", () => {
    expect(meaningOf(FULL)).toEqual({ kind: "language", filter: FULL });
    expect(meaningOf("  ").kind).toBe("all");
    expect(meaningOf("resnet lr0.1").filter).toBe('name ~ "(?i)resnet" and name ~ "(?i)lr0\\\\.1"');
    expect(meaningOf("/seed\\d/").filter).toBe('name ~ "(?i)seed\\\\d"');
    expect(meaningOf("res*").filter).toBe('name ~ "(?i)^res.*$"');
    expect(meaningOf("name").kind).toBe("words");
    expect(meaningOf("status = ").kind).toBe("language");
    expect(meaningOf("lr = 3").kind).toBe("language");
    expect(meaningOf("params.lr").kind).toBe("language");
    expect(meaningOf("not (params.lr = 1)").kind).toBe("language");
    expect(meaningOf("m.loss.min < 1 or m.loss = NaN").filter).toBe("metrics.loss.min < 1 or metrics.loss = NaN");
  });

  it("is narrowed so that all of it still holds", () => {
    expect(both("a = 1 or b = 2", "c = 3")).toBe("(a = 1 or b = 2) and c = 3");
    expect(narrowed("resnet", "params.lr = 1")).toBe('name ~ "(?i)resnet" and params.lr = 1');
    expect(withTest("", { space: "param", name: "weight decay" }, null)).toBe('params."weight decay" = null');
    expect(withTest("status = 'x'", { space: "label", name: "team" }, 'say "hi"')).toBe(
      'status = \'x\' and labels.team = "say \\"hi\\""',
    );
  });

  it("has its mistakes where they were typed, however it was sent", () => {
    const typed = "  m.é = 1 and m.b ? 2";
    const sent = "metrics.é = 1 and metrics.b ? 2";
    const position = new TextEncoder().encode(sent.slice(0, sent.indexOf("?"))).length + 1;
    expect(placeOf(typed, position)).toBe(typed.indexOf("?"));
  });

  it("has whole characters for wrong, and all of what was not sent as it was typed", () => {
    const wrong = (text: string, at: string) => {
      const { from, to } = wrongPart(text, new TextEncoder().encode(text.slice(0, text.indexOf(at))).length + 1, 1);
      return text.slice(from, to);
    };
    expect(wrong("params.lr = 👨‍👩‍👧 and name = 1", "👨")).toBe("👨‍👩‍👧");
    expect(wrong("params.lr = e\u0301 or", "e\u0301")).toBe("e\u0301");
    expect(wrong('labels.a = "שלום 💥" and ?', "?")).toBe("?");
    expect(wrong("/[/", "/")).toBe("/[/");
  });

  it("is cut between characters", () => {
    for (const text of ["params.x = 💥💥", "params.e\u0301 = 👨‍👩‍👧?", "params.x = שלום"])
      for (const token of lex(text)) expect(token.text).not.toMatch(/\p{Surrogate}/u);
    expect(lex("params.x = 💥💥").at(-1)).toMatchObject({ kind: "other", text: "💥💥" });
  });

  it("is painted whole, with what is wrong apart", () => {
    const wrong = { title: "", detail: "", status: 400, position: 13, length: 3 };
    const all = pieces("params.lr = foo", true, wrong);
    expect(all.map((p) => p.text).join("")).toBe("params.lr = foo");
    expect(all.filter((p) => p.bad).map((p) => p.text)).toEqual(["foo"]);
  });
});

describe("completion", () => {
  const at = (text: string) => placeAt(text, text.length);
  const option = (insert: string): Option => ({ insert, label: "", detail: "", kind: "key" });
  it("knows what can stand at the caret", () => {
    expect(at("")).toMatchObject({ expect: "key", prefix: "" });
    expect(at("params.l")).toMatchObject({ expect: "key", prefix: "params.l", from: 0 });
    expect(at("params.lr ")).toMatchObject({ expect: "op", key: "params.lr" });
    expect(at("params.opt = ")).toMatchObject({ expect: "value", key: "params.opt", op: "=" });
    expect(at('params.opt = "ad')).toMatchObject({ expect: "value", prefix: '"ad' });
    expect(at("params.opt in (1, ")).toMatchObject({ expect: "value", key: "params.opt" });
    expect(at("params.opt in (1) ")).toMatchObject({ expect: "join" });
    expect(at("params.lr = 1 ")).toMatchObject({ expect: "join" });
    expect(at("params.lr = 1 and ")).toMatchObject({ expect: "key", prefix: "", key: null });
    expect(at("not (na")).toMatchObject({ expect: "key", prefix: "na" });
  });

  it("replaces what is typed and leaves the caret where one goes on", () => {
    const filled = (text: string, caret: number) => {
      const { from, to, insert, caret: behind } = fill(text, placeAt(text, caret), option("params.lr"));
      const next = text.slice(0, from) + insert + text.slice(to);
      return `${next.slice(0, behind)}|${next.slice(behind)}`;
    };
    expect(filled("lr", 2)).toBe("params.lr |");
    expect(filled("pa = 1", 2)).toBe("params.lr |= 1");
    expect(filled("a = 1 and(l", 11)).toBe("a = 1 and(params.lr |");
  });

  it("goes on by itself only with what is not finished", () => {
    const goesOn = (text: string, ...inserts: string[]) => isUnfinished(at(text), inserts.map(option));
    expect(goesOn("params.l", "params.lr", "params.layers")).toBe(true);
    expect(goesOn("params.lr", "params.lr", "params.lr2")).toBe(false);
    expect(goesOn('params.opt = "ad', '"adam"')).toBe(true);
    expect(goesOn('params.opt = "adam"', '"adamw"')).toBe(false);
    expect(goesOn("params.lr = 0.1", "0.15")).toBe(false);
    expect(goesOn("params.lr ", "=")).toBe(false);
  });

  it("does not search names for what may still become a key", () => {
    expect(mayBecomeKey("para")).toBe(true);
    expect(mayBecomeKey("resnet")).toBe(false);
  });
});

describe("the form", () => {
  it("reads what it writes", () => {
    for (const text of ["params.lr = 0.1", 'name contains "a, b" and params.x = "1"', 'params.o in ("adam", 3)', ""]) {
      expect(textOf(conditionsOf(text)!)).toBe(text);
    }
    expect(conditionsOf("resnet")).toEqual([{ key: "name", op: "~", value: "(?i)resnet" }]);
  });

  it("leaves to the text what is no list of conditions", () => {
    for (const text of ["params.lr = 1 or params.lr = 2", "not params.lr = 1", "(params.lr = 1)", "params.lr ="])
      expect(conditionsOf(text)).toBeNull();
  });
});
