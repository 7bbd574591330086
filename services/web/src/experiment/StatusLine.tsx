// The status bar: live or how far behind, runs, tags, what is approximate.

import { useCallback, useEffect, useRef, useState } from "react";
import { text } from "../text";
import { Announcer } from "./Announcer";
import type { LiveState } from "./live";
import type { Rows } from "./rows";
import css from "./StatusLine.module.css";

interface Props {
  live: LiveState;
  rows: Rows;
  tags: number;
  approximate: number;
}

export function StatusLine({ live, rows, tags, approximate }: Props) {
  const now = useRef({ live, rows });
  now.current = { live, rows };
  const spoken = useCallback(() => {
    const { live, rows } = now.current;
    return live.state === "live" && rows.live > 0 ? text.statusWriting(rows.live) : "";
  }, []);
  return (
    <>
      <Announcer live={spoken} />
      <Connection live={live} />
      {rows.live > 0 && <span>{text.statusWriting(rows.live)}</span>}
      <span>{text.statusRuns(rows.drawn.size, rows.total)}</span>
      <span>{text.statusTags(tags)}</span>
      <span className={css.end}>{approximate > 0 ? text.statusApprox(approximate) : text.statusExact}</span>
    </>
  );
}

export function Connection({ live }: { live: LiveState }) {
  const [now, setNow] = useState(Date.now());
  const lost = live.state === "lost";
  useEffect(() => {
    if (!lost) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [lost]);
  if (live.state === "connecting") return <span role="status">{text.statusConnecting}</span>;
  if (lost) {
    return (
      <span className={css.warn} data-live="lost">
        {text.statusLost(Math.max(0, Math.round((now - live.since) / 1000)))}
      </span>
    );
  }
  return (
    <span data-live="live">
      <i className={`pulse ${css.dot}`} />
      <b>{text.statusLive}</b>
      {live.behind !== null && ` ${text.statusBehind(`${live.behind.toFixed(1)} s`)}`}
    </span>
  );
}
