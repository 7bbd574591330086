// To the points of a tag on the page of a run.

import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { tagText } from "../api/tags";
import { text } from "../text";

interface Props {
  run: string;
  /** As api/tags.ts has it. */
  tag: string;
  /** The first that is shown; without: the first of all. */
  step?: bigint;
  className?: string;
  tabIndex?: number;
  /** Where no way leads to a run: a short link does not say the workspace. */
  otherwise?: ReactNode;
  children: ReactNode;
}

export function PointsLink({ run, tag, step, className, tabIndex, otherwise = null, children }: Props) {
  const { workspace } = useParams({ strict: false }) as { workspace?: string };
  if (workspace === undefined) return otherwise;
  return (
    <Link
      to="/w/$workspace/r/$run/$tab"
      params={{ workspace, run, tab: "data" }}
      search={{ "r.tag": tagText(tag), ...(step === undefined ? {} : { "r.from": String(step) }) } as never}
      title={text.kinds.toPoints}
      className={className}
      tabIndex={tabIndex}
    >
      {children}
    </Link>
  );
}
