// What a point of an image tag holds.

export interface LoggedImage {
  blob: string;
  /** As logged; undefined: it was not a number. */
  width: number | undefined;
  height: number | undefined;
}

const sizeOf = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e6 ? value : undefined;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Null: it is not what an image tag promises. */
export function imagesOf(value: unknown): LoggedImage[] | null {
  if (!isObject(value) || !Array.isArray(value.items)) return null;
  const width = sizeOf(value.width);
  const height = sizeOf(value.height);
  const images = value.items.map((item) =>
    isObject(item) && typeof item.blob === "string" ? { blob: item.blob, width, height } : null,
  );
  return images.some((image) => image === null) ? null : (images as LoggedImage[]);
}
