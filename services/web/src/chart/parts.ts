// Work in parts is a generator that yields between them, so that somebody can be answered meanwhile.

export function inOneGo<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
