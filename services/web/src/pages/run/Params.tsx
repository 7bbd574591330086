// Parameters: those that differ from the baseline, or all.

import { Menu } from "@base-ui/react/menu";
import { Copy } from "lucide-react";
import { useMemo, useState } from "react";
import type { RunDetail } from "../../api/run";
import controls from "../../components/controls.module.css";
import { Name } from "../../components/Name";
import { icon } from "../../components/Shell";
import words from "../../components/words.module.css";
import { makeMatcher } from "../../state/match";
import { usePageParam } from "../../state/usePageParam";
import { n, text } from "../../text";
import parts from "../parts.module.css";
import { useBaseline } from "./BaselinePicker";
import { Card } from "./Card";
import { asCommandLine, asJson, asYaml, paramRows, shown, type Params as Values } from "./params";
import css from "./Run.module.css";

const FORMATS: [string, (params: Values) => string][] = [
  [text.run.copyYaml, asYaml],
  [text.run.copyJson, asJson],
  [text.run.copyCli, asCommandLine],
];
const SEARCH_FROM = 12; // rows; fewer are seen at once

export function Params({ run }: { run: RunDetail }) {
  const [find, setFind] = useState("");
  const [which, setWhich] = usePageParam("r.params", "differs");
  const base = useBaseline(run);
  const params = useMemo(() => run.params ?? {}, [run.params]);
  const rows = useMemo(() => paramRows(params, base?.params ?? (base === null ? null : {})), [params, base]);
  const differing = rows.filter((row) => row.differs);
  const all = base === null || which === "all";
  const { matches } = makeMatcher(find);
  const list = (all ? rows : differing).filter((row) => matches(row.key) || matches(shown(row.value)));
  return (
    <Card
      title={text.run.params}
      side={
        <>
          {base !== null && (
            <span className={controls.seg}>
              <button type="button" aria-pressed={!all} onClick={() => setWhich("differs")}>
                {text.run.differs}
              </button>
              <button type="button" aria-pressed={all} onClick={() => setWhich("all")}>
                {text.run.allOf(rows.length)}
              </button>
            </span>
          )}
          {base === null && n(rows.length)}
          {rows.length > 0 && <CopyMenu params={params} />}
        </>
      }
    >
      {rows.length > SEARCH_FROM && all && (
        <div className={css.body}>
          <input
            type="search"
            className={controls.text}
            style={{ width: "100%" }}
            value={find}
            placeholder={text.run.findParam}
            aria-label={text.run.findParam}
            onChange={(event) => setFind(event.target.value)}
          />
        </div>
      )}
      {list.length === 0 ? (
        <p className={parts.empty}>
          {rows.length === 0 ? text.run.noParams : all ? text.nothingFound(find) : text.run.noDifference}
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
        <section className={css.tableBox} tabIndex={0} aria-label={text.run.params}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text.run.name}</th>
                <th scope="col" className={css.num}>
                  {text.run.thisRun}
                </th>
                {base !== null && (
                  <th scope="col" className={css.num}>
                    {text.run.baseline}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {list.map((row) => (
                <tr key={row.key}>
                  <th scope="row">
                    <Name name={row.key} />
                  </th>
                  <td className={row.differs ? `${css.num} ${css.strong}` : css.num}>
                    <Name name={shown(row.value)} />
                  </td>
                  {base !== null && (
                    <td className={`${css.num} ${words.dim}`}>
                      <Name name={shown(row.base)} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  );
}

function CopyMenu({ params }: { params: Values }) {
  return (
    <Menu.Root>
      <Menu.Trigger className={controls.small} aria-label={text.run.copyParams} title={text.run.copyParams}>
        <Copy {...icon} size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={controls.layer} sideOffset={4} align="end">
          <Menu.Popup className={controls.popup}>
            {FORMATS.map(([label, format]) => (
              <Menu.Item
                key={label}
                className={controls.item}
                onClick={() => void navigator.clipboard?.writeText(format(params))}
              >
                {label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
