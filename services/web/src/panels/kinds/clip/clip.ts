// What points of sound and film tags hold.

export interface LoggedClip {
  blob: string;
  /** Its media type. */
  type: string;
  /** 0: not known. */
  bytes: number;
  /** As logged; "": none. */
  label: string;
  /** Samples a second, and seconds; undefined: its header could not be read. */
  rate: number | undefined;
  seconds: number | undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const positive = (value: unknown) =>
  typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;

function clipOf(value: unknown): LoggedClip | null {
  if (!isObject(value) || typeof value.blob !== "string") return null;
  const rate = positive(value.rate);
  const frames = positive(value.frames);
  return {
    blob: value.blob,
    type: typeof value.type === "string" ? value.type : "",
    bytes: positive(value.bytes) ?? 0,
    label: typeof value.label === "string" ? value.label : "",
    rate,
    seconds: rate !== undefined && frames !== undefined ? frames / rate : undefined,
  };
}

/** A film is one clip, sounds of a step are a list. Null: it is neither. */
export function clipsOf(value: unknown): LoggedClip[] | null {
  if (!isObject(value)) return null;
  const clips = Array.isArray(value.items) ? (value.items as unknown[]).map(clipOf) : [clipOf(value)];
  return clips.some((clip) => clip === null) ? null : (clips as LoggedClip[]);
}
