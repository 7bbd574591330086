// What two runs were made with that is not the same: machine, command, environment, packages.

import { useQuery } from "@tanstack/react-query";
import type { RunDetail } from "../../api/run";
import { Name } from "../../components/Name";
import { text } from "../../text";
import { compareRows } from "../compare/rows";
import parts from "../parts.module.css";
import { Card } from "./Card";
import { factsQuery } from "./data";
import css from "./Run.module.css";

export function MadeDifferently({ base, run }: { base: RunDetail; run: RunDetail }) {
  const before = useQuery(factsQuery(base.id)).data;
  const after = useQuery(factsQuery(run.id)).data;
  if (before === undefined || after === undefined) return null;
  const rows = compareRows(
    [
      { run: base, facts: before },
      { run, facts: after },
    ],
    0,
    "best",
  ).filter((row) => row.differs);
  return (["environment", "packages"] as const).map((section) => {
    const own = rows.filter((row) => row.section === section);
    return (
      <Card key={section} title={text.compare.sections[section]} side={text.code.differ(own.length)}>
        {own.length === 0 ? (
          <p className={parts.empty}>{text.code.madeAlike}</p>
        ) : (
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text.run.name}</th>
                <th scope="col">
                  <Name name={base.name} />
                </th>
                <th scope="col">{text.run.thisRun}</th>
              </tr>
            </thead>
            <tbody>
              {own.map((row) => (
                <tr key={row.key}>
                  <th scope="row">
                    <Name name={row.key} />
                  </th>
                  {row.cells.map((cell, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the two runs.
                    <td key={i}>
                      <Name name={cell.text} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Card>
    );
  });
}
