// On which machine each writer ran, which GPU it used, and what of what the writers measured of machines tells apart.

import type { SeriesItem } from "../../api/run";
import type { Facts } from "./data";

export interface Machine {
  /** null: the client did not say. */
  host: string | null;
  /** By their index; "": it was not told. */
  uuids: readonly string[];
  /** The index of the one that the writer uses; null: not known, or several. */
  gpu: number | null;
}

export type Machines = ReadonlyMap<number, Machine>;

export interface Gpu {
  /** Tells it apart from all others. */
  key: string;
  host: string | null;
  index: number;
  /** Writers that use it; of a machine that is not known the one that measured it. */
  users: number[];
}

export interface Measured {
  tag: string;
  writer: number;
  gpu: Gpu | null;
}

const VISIBLE = ["CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"];
const LOCAL_RANK = ["LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID"];

export function machineOf({ host, gpus = [], environment = {} }: Facts): Machine {
  const uuids = gpus.map(({ uuid }) => uuid ?? "");
  return { host: host?.name ?? null, uuids, gpu: usedGpu(environment, uuids) };
}

/** As launchers and frameworks have it: of the devices that are visible the one of the rank on its machine. */
function usedGpu(environment: Record<string, string>, uuids: readonly string[]): number | null {
  const first = (names: readonly string[]) => names.map((name) => environment[name]).find((value) => value?.trim());
  const visible = first(VISIBLE)?.split(",");
  const rank = first(LOCAL_RANK);
  if (visible === undefined) return rank === undefined ? null : Number(rank);
  const device = visible.length === 1 ? visible[0] : rank === undefined ? "" : (visible[Number(rank)] ?? "");
  const named = uuids.findIndex((uuid) => uuid !== "" && uuid.startsWith(device.trim()));
  if (/^\s*\d+\s*$/.test(device)) return Number(device);
  return device.trim() === "" || named < 0 ? null : named;
}

/** A GPU has the same index in two containers of one machine, and another one in each: where it is told, its UUID counts. */
function gpuKey(machine: Machine | undefined, writer: number, index: number): string {
  const uuid = machine?.uuids[index] ?? "";
  if (uuid !== "") return uuid;
  return machine === undefined || machine.host === null ? `writer ${writer} ${index}` : `host ${machine.host} ${index}`;
}

/** "system/gpu/0/memory_bytes" → 0. */
const gpuIndex = (tag: string): number | null => {
  const found = /^system\/gpu\/(\d+)\//.exec(tag);
  return found === null ? null : Number(found[1]);
};

/** What several processes measured of one device they measured alike: of these the series with the most points. */
export function measured(series: readonly SeriesItem[], machines: Machines): Measured[] {
  const users = new Map<string, number[]>();
  for (const [writer, machine] of machines) {
    if (machine.gpu === null) continue;
    const key = gpuKey(machine, writer, machine.gpu);
    users.set(key, [...(users.get(key) ?? []), writer]);
  }
  const best = new Map<string, { item: SeriesItem; gpu: Gpu | null }>();
  for (const item of series) {
    const { tag, writer } = item;
    if (item.kind !== "scalar" || item.tag_base64 !== undefined || !tag.startsWith("system/")) continue;
    const machine = machines.get(writer);
    const host = machine?.host ?? null;
    const index = gpuIndex(tag);
    const gpu = index === null ? null : { key: gpuKey(machine, writer, index), host, index, users: [] as number[] };
    if (gpu !== null) gpu.users = users.get(gpu.key) ?? (host === null ? [writer] : []);
    const own = host === null || tag.startsWith("system/process/");
    const key = `${gpu?.key ?? (own ? `writer ${writer}` : `host ${host}`)} ${tag}`;
    const other = best.get(key);
    if (other === undefined || Number(item.count) > Number(other.item.count)) best.set(key, { item, gpu });
  }
  return [...best.values()].map(({ item, gpu }) => ({ tag: item.tag, writer: item.writer, gpu }));
}

export const byName = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

/** By machine, those that are not known last, and by index. */
export const byPlace = (a: Gpu, b: Gpu) => byName(a.host ?? "\uffff", b.host ?? "\uffff") || a.index - b.index;
