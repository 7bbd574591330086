// Which run this one is looked at against. It is `base` of the address, as in the workspace.

import { Popover } from "@base-ui/react/popover";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { findRuns } from "../../api/find";
import type { RunDetail } from "../../api/run";
import controls from "../../components/controls.module.css";
import { Name } from "../../components/Name";
import { usePageParam } from "../../state/usePageParam";
import { text } from "../../text";
import { useRun } from "./data";
import css from "./Head.module.css";

const MOST = 50;

/** The run that `base` names, if it is there and another one; null: none is chosen. */
export function useBaseline(run: RunDetail): RunDetail | null {
  const [base] = usePageParam("base");
  const { data } = useRun(base === "" || base === run.id ? null : base);
  return base === "" || base === run.id ? null : (data ?? null);
}

export function BaselinePicker({ workspace, run }: { workspace: string; run: RunDetail }) {
  const [open, setOpen] = useState(false);
  const [find, setFind] = useState("");
  const [, setBase] = usePageParam("base");
  const base = useBaseline(run);
  const { data } = useQuery({
    queryKey: ["find runs", workspace, run.experiment, find],
    queryFn: ({ signal }) => findRuns({ workspace, experiment: run.experiment, name: find, limit: MOST }, signal),
    placeholderData: keepPreviousData,
    enabled: open,
  });
  const choose = (id: string) => {
    setBase(id);
    setOpen(false);
  };
  const found = (data ?? []).filter((other) => other.id !== run.id);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={controls.btn}>
        {base === null ? (
          text.run.compareWith
        ) : (
          <>
            {text.run.against} <Name name={base.name} />
          </>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={4} align="end">
          <Popover.Popup className={controls.popup} aria-label={text.run.compareWith}>
            <input
              className={`${controls.text} ${css.find}`}
              type="search"
              value={find}
              placeholder={text.findRun}
              aria-label={text.findRun}
              onChange={(event) => setFind(event.target.value)}
            />
            <div className={css.list}>
              {base !== null && (
                <button type="button" className={controls.item} onClick={() => choose("")}>
                  {text.run.noBaseline}
                </button>
              )}
              {found.map((other) => (
                <button
                  key={other.id}
                  type="button"
                  className={controls.item}
                  aria-current={other.id === base?.id}
                  onClick={() => choose(other.id)}
                >
                  <Name name={other.name} />
                </button>
              ))}
              {data !== undefined && found.length === 0 && <p className={css.note}>{text.run.noOther}</p>}
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
