// Values that panels ask for in the same moment, with the same question, as one request. Who asks is told of nobody else's
// failures, and takes back its own part alone.

import { ApiError } from "./types";
import { fetchValues, MOST_SERIES, type ValueItem, type ValuesAsk } from "./values";

interface Part {
  ask: ValuesAsk;
  numbers: number;
  signal: AbortSignal;
  resolve(items: ValueItem[]): void;
  reject(error: unknown): void;
}

/** Of an answer whose parts are several, as far as they are known before: some megabytes, which are read without a pause. */
const MOST_NUMBERS = 100_000;
const TOO_MUCH = 429; // of an item that an answer has no room for

let waiting: Part[] = [];

/**
 * As fetchValues, for a question of at most MOST_SERIES series. `numbers`: how many the answer may have beside one value a
 * series, about.
 */
export function askValues(ask: ValuesAsk, signal: AbortSignal, numbers = 0): Promise<ValueItem[]> {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) setTimeout(send);
    waiting.push({ ask, numbers, signal, resolve, reject });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function send(): void {
  const wanted = waiting.filter(({ signal }) => !signal.aborted);
  waiting = [];
  for (const parts of together(wanted)) void answer(parts);
}

const questionOf = ({ x, at, choose, steps, spread }: ValuesAsk) => [x, at, choose, steps, spread].join();

/** Those that fit into a request, in the order in which they were asked. */
function together(parts: readonly Part[]): Part[][] {
  const requests: Part[][] = [];
  const open = new Map<string, { parts: Part[]; series: number; numbers: number }>();
  for (const part of parts) {
    const question = questionOf(part.ask);
    let request = open.get(question);
    const series = part.ask.series.length;
    if (
      request === undefined ||
      request.series + series > MOST_SERIES ||
      request.numbers + part.numbers > MOST_NUMBERS
    ) {
      request = { parts: [], series: 0, numbers: 0 };
      open.set(question, request);
      requests.push(request.parts);
    }
    request.parts.push(part);
    request.series += series;
    request.numbers += part.numbers;
  }
  return requests;
}

async function answer(parts: readonly Part[]): Promise<void> {
  const ask = { ...parts[0].ask, series: parts.flatMap((part) => part.ask.series) };
  let from = 0;
  try {
    const items = await fetchValues(ask, allAborted(parts));
    for (const part of parts) {
      const own = items.slice(from, from + part.ask.series.length);
      from += own.length;
      if (parts.length > 1 && own.some(({ problem }) => problem?.status === TOO_MUCH)) void answer([part]);
      else part.resolve(own);
    }
  } catch (error) {
    for (const part of parts) {
      if (parts.length > 1 && !part.signal.aborted && isOfOne(error)) void answer([part]);
      else part.reject(error);
    }
  }
}

/** What one of several can have caused: the server does not take their request, or its answer broke off. */
function isOfOne(error: unknown): boolean {
  const status = error instanceof ApiError ? error.problem.status : null;
  return status === null || status === 400 || status === 413;
}

function allAborted(parts: readonly Part[]): AbortSignal {
  const control = new AbortController();
  const look = () => {
    if (parts.every(({ signal }) => signal.aborted)) control.abort();
  };
  for (const { signal } of parts) signal.addEventListener("abort", look, { once: true });
  look();
  return control.signal;
}
