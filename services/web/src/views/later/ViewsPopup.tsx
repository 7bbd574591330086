// The list of saved views: open one, save what is shown, rename, share with the team, restore a former version, delete with undo.

import { Popover } from "@base-ui/react/popover";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Ellipsis, Star, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { ago } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { Name, visible } from "../../components/Name";
import { icon } from "../../components/Shell";
import { done } from "../../components/undo";
import type { SetView } from "../../state/useView";
import type { View } from "../../state/view";
import { text } from "../../text";
import {
  changeView,
  deleteView,
  fetchHistory,
  makeView,
  type NamedView,
  restoreView,
  type ViewChange,
  viewsKey,
} from "../api";
import { queryOf, viewOf } from "../SavedViews";
import saved from "../SavedViews.module.css";
import css from "./Views.module.css";

interface Props {
  experiment: string;
  view: View;
  set: SetView;
  views: NamedView[];
  current: NamedView | null;
  edited: boolean;
  newer: boolean;
  label: ReactNode;
}

const small = { ...icon, size: 14 };
const shown = (name: string) => visible(name.slice(0, 80));

/** Begins open: it is not there before somebody asks for it. */
export function ViewsPopup(props: Props) {
  const [open, setOpen] = useState(true);
  const [detail, setDetail] = useState<string | null>(null);
  const client = useQueryClient();
  const { experiment } = props;
  useEffect(() => {
    if (open) void client.invalidateQueries({ queryKey: viewsKey(experiment) });
  }, [open, client, experiment]);
  const one = props.views.find(({ id }) => id === detail) ?? null;
  const close = () => {
    setOpen(false);
    setDetail(null);
  };
  return (
    <Popover.Root open={open} onOpenChange={(next) => (next ? setOpen(true) : close())}>
      <Popover.Trigger className={`${controls.ghost} ${saved.trigger}`} title={text.viewsHint}>
        {props.label}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={4} align="start">
          <Popover.Popup className={`${controls.popup} ${css.views}`} aria-label={text.viewsHint}>
            {one === null ? (
              <Lists {...props} close={close} onDetail={setDetail} />
            ) : (
              <Detail {...props} one={one} onBack={() => setDetail(null)} />
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Acts on saved views; each brings the list up to date, and says what failed. */
function useActs(experiment: string) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onSettled: () => client.invalidateQueries({ queryKey: viewsKey(experiment) }),
  });
  return { run: act.mutateAsync, error: act.error };
}

const Wrong = ({ error }: { error: Error | null }) =>
  error === null ? null : (
    <p className={css.wrong} role="alert">
      {error.message}
    </p>
  );

interface ListsProps extends Props {
  close(): void;
  onDetail(id: string): void;
}

function Lists(props: ListsProps) {
  const { experiment, view, set, views, current, edited, newer, close } = props;
  const { run, error } = useActs(experiment);
  const client = useQueryClient();
  const save = async () => {
    if (current === null) return;
    await run(() => changeView(experiment, current.id, { state: { query: queryOf(view) } }));
    done((current.shared ? text.viewSavedForAll : text.viewSaved)(shown(current.name)), async () => {
      await restoreView(experiment, current.id, current.version);
      await client.invalidateQueries({ queryKey: viewsKey(experiment) });
    });
    close();
  };
  const own = views.filter(({ shared }) => !shared);
  const team = views.filter(({ shared }) => shared);
  return (
    <>
      {newer && current !== null && (
        <button
          type="button"
          className={controls.item}
          onClick={() => {
            set(viewOf(current.state.query, current.id));
            close();
          }}
        >
          {text.viewShowNewer} <span className={css.who}>{ago(current.updated, Date.now())}</span>
        </button>
      )}
      {edited && current !== null && (
        <button type="button" className={`${controls.item} ${css.save}`} onClick={() => void save().catch(() => {})}>
          <span>
            {newer ? text.saveOverNewer : text.saveView} “<Name name={current.name} />”
          </span>
        </button>
      )}
      <SaveAs {...props} run={run} />
      <Wrong error={error} />
      {views.length === 0 && <p className={css.note}>{text.viewsNone}</p>}
      <List {...props} title={text.viewsTeam} list={team} />
      <List {...props} title={text.viewsOwn} list={own} />
      <button
        type="button"
        className={controls.item}
        aria-current={view.saved === "none"}
        onClick={() => {
          set(viewOf("", views.some((one) => one.default) ? "none" : null));
          close();
        }}
      >
        {text.viewFresh}
      </button>
    </>
  );
}

function List({ title, list, view, set, close, onDetail }: ListsProps & { title: string; list: NamedView[] }) {
  if (list.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {list.map((one) => (
        <div key={one.id} className={css.row}>
          <button
            type="button"
            className={controls.item}
            aria-current={one.id === view.saved}
            onClick={() => {
              set(viewOf(one.state.query, one.id));
              close();
            }}
          >
            <Name name={one.name} />
            {one.default && <Star {...small} size={12} aria-label={text.viewDefault} aria-hidden={false} role="img" />}
            <span className={css.who}>
              {one.owner !== "" && <Name name={one.owner} />} {ago(one.updated, Date.now())}
            </span>
          </button>
          <button
            type="button"
            className={controls.small}
            aria-label={text.viewActs(shown(one.name))}
            title={text.viewActs(shown(one.name))}
            onClick={() => onDetail(one.id)}
          >
            <Ellipsis {...small} />
          </button>
        </div>
      ))}
    </section>
  );
}

type Run = ReturnType<typeof useActs>["run"];

function SaveAs({ experiment, view, set, close, run }: ListsProps & { run: Run }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = async () => {
    let made: NamedView | null = null;
    await run(async () => {
      made = await makeView(experiment, name.trim(), shared, queryOf(view));
    });
    if (made === null) return;
    set({ saved: (made as NamedView).id });
    done(text.viewSaved(shown(name.trim())));
    close();
  };
  return (
    <form
      className={css.saveAs}
      onSubmit={(event) => {
        event.preventDefault();
        void save().catch(() => {});
      }}
    >
      <input
        className={controls.text}
        value={name}
        maxLength={200}
        placeholder={text.saveViewAs}
        aria-label={text.viewName}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className={controls.btn} disabled={name.trim() === ""}>
        {text.saveView}
      </button>
      <label>
        <input type="checkbox" checked={shared} onChange={(event) => setShared(event.target.checked)} />
        {text.viewShared}
      </label>
    </form>
  );
}

/** One view: its name, whose it is, its versions. */
function Detail({ experiment, one, set, view, onBack }: Props & { one: NamedView; onBack(): void }) {
  const { run, error } = useActs(experiment);
  const client = useQueryClient();
  const [name, setName] = useState(one.name);
  const change = (what: ViewChange) => void run(() => changeView(experiment, one.id, what)).catch(() => {});
  const remove = async () => {
    await run(() => deleteView(experiment, one.id));
    onBack();
    if (view.saved === one.id) set({ saved: null });
    done(text.viewDeleted(shown(one.name)), async () => {
      await restoreView(experiment, one.id, one.version);
      await client.invalidateQueries({ queryKey: viewsKey(experiment) });
    });
  };
  return (
    <>
      <button type="button" className={controls.item} onClick={onBack}>
        <ArrowLeft {...small} />
        {text.viewBack}
      </button>
      <form
        className={css.saveAs}
        onSubmit={(event) => {
          event.preventDefault();
          change({ name: name.trim() });
        }}
      >
        <input
          className={controls.text}
          value={name}
          maxLength={200}
          aria-label={text.viewName}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className={controls.btn} disabled={name.trim() === "" || name.trim() === one.name}>
          {text.saveView}
        </button>
        <label>
          <input
            type="checkbox"
            checked={one.shared}
            onChange={(event) =>
              change({ shared: event.target.checked, ...(!event.target.checked && { default: false }) })
            }
          />
          {text.viewShared}
        </label>
        <label>
          <input
            type="checkbox"
            checked={one.default}
            onChange={(event) =>
              change({ default: event.target.checked, ...(event.target.checked && { shared: true }) })
            }
          />
          {text.viewDefault}
        </label>
      </form>
      <Wrong error={error} />
      <History experiment={experiment} one={one} set={set} run={run} />
      <button type="button" className={`${controls.item} ${css.danger}`} onClick={() => void remove().catch(() => {})}>
        <Trash2 {...small} />
        {text.viewDelete}
      </button>
    </>
  );
}

function History({ experiment, one, set, run }: Pick<Props, "experiment" | "set"> & { one: NamedView; run: Run }) {
  const versions = useQuery({
    queryKey: [...viewsKey(experiment), one.id, one.version],
    queryFn: ({ signal }) => fetchHistory(experiment, one.id, signal),
  });
  const restore = async (version: number, query: string) => {
    await run(() => restoreView(experiment, one.id, version));
    set(viewOf(query, one.id));
  };
  return (
    <section aria-label={text.viewHistory(shown(one.name))} className={css.history}>
      <h3>{text.viewHistory(shown(one.name))}</h3>
      {(versions.data ?? []).map(({ version, created, author, state }) => (
        <div key={version} className={css.row}>
          <span className={css.version}>
            {text.viewVersion(version)}
            <span className={css.who}>
              {author !== "" && <Name name={author} />} {ago(created, Date.now())}
            </span>
          </span>
          {version === one.version ? (
            <span className={css.who}>{text.viewNow}</span>
          ) : (
            <>
              <button
                type="button"
                className={controls.ghost}
                onClick={() => set(viewOf(state.query, one.id))}
                aria-label={`${text.viewShow}: ${text.viewVersion(version)}`}
              >
                {text.viewShow}
              </button>
              <button
                type="button"
                className={controls.ghost}
                onClick={() => void restore(version, state.query).catch(() => {})}
                aria-label={`${text.viewRestore}: ${text.viewVersion(version)}`}
              >
                {text.viewRestore}
              </button>
            </>
          )}
        </div>
      ))}
    </section>
  );
}
