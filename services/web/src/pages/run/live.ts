// The event stream of one run. Points go to the charts; that there are new ones tells the lists to look again, at a calm pace.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { parseJson } from "../../api/json64";
import type { RunDetail } from "../../api/run";
import type { ChartEngine } from "../../chart/engine";
import { columnsOf } from "../../chart/live_points";
import { valuesKey } from "../../experiment/data";
import type { LiveState } from "../../experiment/live";
import { runKey, seriesKey } from "./data";

const LOOK_AGAIN = 2_000; // ms between two looks at the lists while points arrive

export function useRunLive(run: string, engine: ChartEngine | null): LiveState {
  const client = useQueryClient();
  const [live, setLive] = useState<LiveState>({ state: "connecting", since: Date.now(), behind: null });
  useEffect(() => {
    let wasLost = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource(`/api/v1/live?run=${encodeURIComponent(run)}`);
    const enter = (state: LiveState["state"]) =>
      setLive((old) => (old.state === state ? old : { ...old, state, since: Date.now() }));
    const look = () => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: seriesKey(run) });
      void client.invalidateQueries({ queryKey: valuesKey });
      void client.invalidateQueries({ queryKey: runKey(run) });
    };
    const lookSoon = () => {
      timer ??= setTimeout(look, LOOK_AGAIN);
    };
    const again = () => {
      engine?.stale(run);
      lookSoon();
    };
    const listen = (name: string, handle: (data: unknown) => void) =>
      source.addEventListener(name, (event) => {
        try {
          handle(parseJson((event as MessageEvent<string>).data));
        } catch {
          again();
        }
      });
    source.onopen = () => enter("live");
    source.onerror = () => {
      wasLost = true;
      enter("lost");
    };
    listen("hello", (data) => {
      if (wasLost && (data as { resumed?: boolean }).resumed !== true) again();
      wasLost = false;
    });
    listen("points", (data) => {
      const columns = columnsOf(data as Parameters<typeof columnsOf>[0]);
      const behind = Date.now() / 1000 - columns.wall[columns.wall.length - 1];
      engine?.append([columns]);
      lookSoon();
      setLive((old) => ({ ...old, behind: behind >= 0 && behind < 60 ? behind : null }));
    });
    listen("run", (data) =>
      client.setQueryData<RunDetail>(
        runKey(run),
        (old) => old && { ...old, ...(data as RunDetail), summary: old.summary },
      ),
    );
    listen("logged", lookSoon);
    listen("rewind", again);
    listen("skip", again);
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [client, engine, run]);
  return live;
}
