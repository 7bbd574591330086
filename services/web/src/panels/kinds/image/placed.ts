// Where an enlarged picture stands in its frame: Large.module.css reckons with these, so that no picture waits for a measurement.

import type { CSSProperties } from "react";
import type { Zoom } from "./zoom";

interface Size {
  width: number;
  height: number;
}

/** `actual`: without zoom a pixel of the picture is one of the page; else the whole of it is seen. */
export function placed({ width, height }: Size, { times, u, v }: Zoom, actual: boolean): CSSProperties {
  const told = { "--ratio": width / height, "--times": times, "--u": u, "--v": v };
  return { ...told, ...(actual && { "--base": `${width}px` }) } as CSSProperties;
}
