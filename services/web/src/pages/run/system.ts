// The measured metrics of a run's machines: which panels there are, by host, and how their values are written.

import type { SeriesItem } from "../../api/run";
import { shortValue } from "../../chart/format";
import { bytesText } from "../../components/files/file";
import { byName, byPlace, type Machines, type Measured, measured } from "./machines";

export interface SystemPanel {
  /** "cpu", "gpu", "process". */
  device: string;
  /** What is measured, without the device. */
  name: string;
  /** GPUs of one machine are beside each other, so that the odd one is seen. */
  lines: Measured[];
}

export interface SystemHost {
  /** null: the client did not say. */
  name: string | null;
  panels: SystemPanel[];
}

/** "system/gpu/0/memory_bytes" → gpu, memory_bytes. */
function partsOf({ tag, gpu }: Measured): { device: string; name: string } {
  const parts = tag.split("/").slice(1);
  const name = parts.pop() ?? "";
  return { device: gpu !== null ? "gpu" : parts.join(" ") || "machine", name };
}

export function systemHosts(series: readonly SeriesItem[], machines: Machines): SystemHost[] {
  const hosts = new Map<string | null, Map<string, SystemPanel>>();
  for (const line of measured(series, machines)) {
    const host = machines.get(line.writer)?.host ?? null;
    const { device, name } = partsOf(line);
    const panels = hosts.get(host) ?? new Map<string, SystemPanel>();
    hosts.set(host, panels);
    const panel = panels.get(`${device} ${name}`) ?? { device, name, lines: [] };
    panels.set(`${device} ${name}`, panel);
    panel.lines.push(line);
  }
  // GPUs are what one comes for.
  const rank = (device: string) => (device === "gpu" ? 0 : device === "cpu" ? 1 : device === "process" ? 3 : 2);
  return [...hosts]
    .sort(([a], [b]) => byName(a ?? "\uffff", b ?? "\uffff"))
    .map(([name, panels]) => ({
      name,
      panels: [...panels.values()]
        .sort((a, b) => rank(a.device) - rank(b.device) || byName(a.device, b.device))
        .map(({ lines, ...panel }) => ({
          ...panel,
          lines: lines.sort((a, b) => (a.gpu && b.gpu && byPlace(a.gpu, b.gpu)) || a.writer - b.writer),
        })),
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
