// The measured metrics of a run's machines: which panels there are, by host and device, and how their values are written.

import type { SeriesItem } from "../../api/run";
import { shortValue } from "../../chart/format";
import { bytesText } from "./fileTree";

export interface SystemPanel {
  tag: string;
  /** What is measured, without the device. */
  name: string;
  writers: number[];
}

export interface SystemDevice {
  /** "cpu", "gpu 0", "process". */
  name: string;
  panels: SystemPanel[];
}

export interface SystemHost {
  /** null: the client did not say. */
  name: string | null;
  devices: SystemDevice[];
}

/** What several processes measured of one machine they measured alike: of these the series with the most points. */
function measured(series: readonly SeriesItem[], hostOf: ReadonlyMap<number, string>): SeriesItem[] {
  const best = new Map<string, SeriesItem>();
  for (const item of series) {
    const { tag, writer } = item;
    if (item.kind !== "scalar" || item.tag_base64 !== undefined || !tag.startsWith("system/")) continue;
    const host = hostOf.get(writer);
    const own = host === undefined || tag.startsWith("system/process/");
    const key = `${own ? `writer ${writer}` : `host ${host}`} ${tag}`;
    const other = best.get(key);
    if (other === undefined || Number(item.count) > Number(other.count)) best.set(key, item);
  }
  return [...best.values()];
}

/** "system/gpu/0/memory_bytes" → gpu 0, memory_bytes. */
export function partsOf(tag: string): { device: string; name: string } {
  const parts = tag.split("/").slice(1);
  const name = parts.pop() ?? "";
  return { device: parts.join(" ") || "machine", name };
}

export function systemHosts(series: readonly SeriesItem[], hostOf: ReadonlyMap<number, string>): SystemHost[] {
  const hosts = new Map<string | null, Map<string, Map<string, SystemPanel>>>();
  for (const { tag, writer } of measured(series, hostOf)) {
    const host = hostOf.get(writer) ?? null;
    const { device, name } = partsOf(tag);
    const devices = hosts.get(host) ?? new Map<string, Map<string, SystemPanel>>();
    hosts.set(host, devices);
    const panels = devices.get(device) ?? new Map<string, SystemPanel>();
    devices.set(device, panels);
    const panel = panels.get(tag) ?? { tag, name, writers: [] };
    panels.set(tag, panel);
    panel.writers.push(writer);
  }
  const byName = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
  // GPUs are what one comes for.
  const rank = (device: string) => (device.startsWith("gpu") ? 0 : device === "cpu" ? 1 : device === "process" ? 3 : 2);
  return [...hosts]
    .sort(([a], [b]) => byName(a ?? "\uffff", b ?? "\uffff"))
    .map(([name, devices]) => ({
      name,
      devices: [...devices]
        .sort(([a], [b]) => rank(a) - rank(b) || byName(a, b))
        .map(([device, panels]) => ({ name: device, panels: [...panels.values()] })),
    }));
}

const UNITS: [RegExp, (value: number) => string][] = [
  [/bytes_per_second$/, (value) => `${bytesText(value)}/s`],
  [/bytes$/, bytesText],
  [/percent$/, (value) => `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} %`],
  [/celsius$/, (value) => `${Math.round(value)} °C`],
  [/watts$/, (value) => `${Math.round(value)} W`],
];

export function withUnit(name: string, value: number): string {
  if (!Number.isFinite(value)) return shortValue(value);
  return (UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? shortValue)(value);
}

const WORDS: Record<string, string> = {
  percent: "use",
  memory_bytes: "memory",
  memory_percent: "memory use",
  used_bytes: "used",
  free_bytes: "free",
  temperature_celsius: "temperature",
  power_watts: "power",
  cpu_percent: "CPU",
  count: "processes",
  read_bytes_per_second: "read",
  written_bytes_per_second: "written",
  received_bytes_per_second: "received",
  sent_bytes_per_second: "sent",
};

export const measureName = (name: string) => WORDS[name] ?? name.replace(/_/g, " ");
