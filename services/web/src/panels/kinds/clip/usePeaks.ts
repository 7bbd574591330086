// Waveforms of sounds, decoded one after the other when they come into view.

import { useQuery } from "@tanstack/react-query";
import { call } from "../../../api/client";
import { blobUrl } from "../../../components/blobs";
import type { LoggedClip } from "./clip";
import { type Peaks, peaksOf } from "./peaks";

/** A decoded WAV is some two times as large, other formats up to a hundred times. */
const MOST_WAV = 16 << 20; // bytes
const MOST_OTHER = 2 << 20;

// Rates at which a browser decodes; beyond them samples are made anew, and peaks are near the logged ones.
const [LEAST_RATE, MOST_RATE] = [8_000, 96_000];
const USUAL_RATE = 48_000;

const KEPT = 60_000; // ms that a waveform that is no longer shown is kept

export const hasWaveform = ({ type, bytes }: LoggedClip): boolean =>
  type.startsWith("audio/") && bytes > 0 && bytes <= (type === "audio/wav" ? MOST_WAV : MOST_OTHER);

/** Undefined: not there yet. Null: it cannot be decoded. */
export function usePeaks({ blob, rate }: LoggedClip, wanted: boolean): Peaks | null | undefined {
  return useQuery({
    queryKey: ["peaks", blob],
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT,
    retry: false,
    queryFn: ({ signal }) => inTurn(() => decode(blob, rate ?? USUAL_RATE, signal)),
  }).data;
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time: a decoded sound is large. */
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const next = last.then(act, act);
  last = next.catch(() => {}); // whoever asked hears of it
  return next;
}

async function decode(blob: string, rate: number, signal: AbortSignal): Promise<Peaks | null> {
  const bytes = await (await call(blobUrl(blob), { signal })).arrayBuffer();
  const context = new OfflineAudioContext(1, 1, Math.min(MOST_RATE, Math.max(LEAST_RATE, rate)));
  const sound = await context.decodeAudioData(bytes).catch(() => null);
  if (sound === null) return null;
  const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i));
  const slices = peaksOf(channels, sound.sampleRate);
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
}
