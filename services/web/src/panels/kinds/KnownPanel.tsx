// Meshes, embeddings and graphs of the drawn runs at the step of the view, in words, with the ways to their points and bytes.

import type { ValueItem } from "../../api/values";
import { Name } from "../../components/Name";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { KindShell } from "./KindShell";
import css from "./KnownPanel.module.css";
import { type KnownKind, knownOf } from "./known/known";
import { Ways } from "./known/Ways";
import { RunArticles } from "./RunArticles";
import { useValues } from "./useValues";

export function KnownPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  return (
    <KindShell id={id} values={values} shared={shared}>
      <RunArticles id={id} label={text.known.label} values={values} shared={shared}>
        {(item) => <Known id={id} tag={tag} kind={kind as KnownKind} item={item} />}
      </RunArticles>
    </KindShell>
  );
}

interface Props extends Pick<KindPanelProps, "id" | "tag"> {
  kind: KnownKind;
  item: ValueItem;
}

function Known({ id, tag, kind, item: { run, point, problem } }: Props) {
  if (problem !== null) return <p className={css.words}>{problem.detail || problem.title}</p>;
  if (point === null) return null;
  const known = knownOf(kind, point.value);
  return (
    <>
      <p className={css.words}>
        {known === null
          ? text.kinds.damaged
          : known.words.map((word, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a word is known by its place.
              <Name key={i} name={word} />
            ))}
      </p>
      <Ways {...{ id, tag, kind, run, point }} blobs={known?.blobs ?? []} />
    </>
  );
}
