// What a gesture changes of a panel: seen at once, and in the address when it rests; a picture must not wait for the page.

import { useCallback, useEffect, useRef, useState } from "react";

const REST = 200; // ms

/** `told`: what the address says. Whoever changes the address otherwise (back, a link) is right. */
export function useGesture(told: string | null, tell: (value: string | null) => void) {
  const [value, setValue] = useState(told);
  const now = useRef(value);
  const written = useRef(told);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const last = useRef(tell);
  last.current = tell;
  useEffect(() => {
    if (told === written.current) return;
    clearTimeout(timer.current);
    written.current = told;
    now.current = told;
    setValue(told);
  }, [told]);
  useEffect(() => () => clearTimeout(timer.current), []);
  /** Of what is there when it is called, which may be newer than what is drawn. Gives what it made. */
  const change = useCallback((next: (old: string | null) => string | null) => {
    now.current = next(now.current);
    setValue(now.current);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      written.current = now.current;
      last.current(now.current);
    }, REST);
    return now.current;
  }, []);
  return [value, change] as const;
}
