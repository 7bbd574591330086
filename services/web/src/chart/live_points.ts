// Points as events bring them.

import { toStep, toValue } from "../api/json64";
import { tagKey } from "../api/tags";
import type { LiveColumns } from "./protocol";

export interface PointsEvent {
  run: string;
  tag: string;
  tag_base64?: string;
  step: unknown[];
  wall: unknown[];
  value: unknown[];
}

export function columnsOf(event: PointsEvent): LiveColumns {
  const n = Math.min(event.step.length, event.wall.length, event.value.length);
  const step = new BigInt64Array(n);
  const wall = new Float64Array(n);
  const value = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    step[i] = toStep(event.step[i]);
    wall[i] = toValue(event.wall[i]);
    value[i] = toValue(event.value[i]);
  }
  return { run: event.run, tag: tagKey(event), step, wall, value };
}

/** The points of several events of one series after each other. */
export function joined(parts: readonly LiveColumns[]): LiveColumns {
  if (parts.length === 1) return parts[0];
  const n = parts.reduce((sum, part) => sum + part.step.length, 0);
  const out = { ...parts[0], step: new BigInt64Array(n), wall: new Float64Array(n), value: new Float64Array(n) };
  let at = 0;
  for (const { step, wall, value } of parts) {
    out.step.set(step, at);
    out.wall.set(wall, at);
    out.value.set(value, at);
    at += step.length;
  }
  return out;
}
