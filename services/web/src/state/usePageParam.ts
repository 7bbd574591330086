// One key of the address that belongs to a single page, such as the line that a log shows. Its default is left out.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export type SetParam = (value: string, replace?: boolean) => void;

export function usePageParam(key: string, standard = ""): [string, SetParam] {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const set = useCallback<SetParam>(
    (value, replace = false) => {
      const change = ({ [key]: _, ...rest }: Record<string, string>) =>
        value === standard ? rest : { ...rest, [key]: value };
      void navigate({ to: ".", search: change as never, replace, resetScroll: false });
    },
    [navigate, key, standard],
  );
  return [search[key] ?? standard, set];
}
