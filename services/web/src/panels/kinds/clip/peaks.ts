// The least and the greatest sample of each part of a sound: its waveform, of which no spike is lost.

export interface Peaks {
  seconds: number;
  least: Float32Array;
  greatest: Float32Array;
}

export const COLUMNS = 2000; // more than a panel has pixels
const SLICE = 400_000; // samples between two pauses: some 2 ms

/** Pauses by yielding, so that nothing waits for a long sound; `channels` are of one length. */
export function* peaksOf(channels: readonly Float32Array[], rate: number): Generator<undefined, Peaks> {
  const length = channels[0]?.length ?? 0;
  const columns = Math.min(COLUMNS, length);
  const least = new Float32Array(columns);
  const greatest = new Float32Array(columns);
  let done = 0;
  for (let i = 0; i < columns; i++) {
    const [from, to] = [Math.floor((i * length) / columns), Math.floor(((i + 1) * length) / columns)];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const channel of channels)
      for (let at = from; at < to; at++) {
        const sample = channel[at];
        if (sample < low) low = sample;
        if (sample > high) high = sample;
      }
    least[i] = low;
    greatest[i] = high;
    done += (to - from) * channels.length;
    if (done > SLICE) {
      done = 0;
      yield undefined;
    }
  }
  return { seconds: length / rate, least, greatest };
}

/** What a pixel column of a picture `width` wide shows: the least and the greatest of the columns under it. */
export function spanAt({ least, greatest }: Peaks, x: number, width: number): [least: number, greatest: number] {
  const columns = least.length;
  const from = Math.min(columns - 1, Math.floor((x * columns) / width));
  const to = Math.max(from + 1, Math.floor(((x + 1) * columns) / width));
  let [low, high] = [least[from], greatest[from]];
  for (let i = from + 1; i < to; i++) {
    low = Math.min(low, least[i]);
    high = Math.max(high, greatest[i]);
  }
  return [low, high];
}
