// The part of the REST contract that the application uses.

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Experiment {
  id: string;
  name: string;
  workspace: string;
  created: string;
  updated: string;
  run_count: number;
  description?: string;
}

/** Values of a tag over the visible points of a run; only of tags named in `columns`. */
export interface Summary {
  last?: number | string | null;
  min?: number | string | null;
  max?: number | string | null;
  last_step?: number | bigint | null;
  count?: number | bigint;
}

export interface Run {
  id: string;
  name: string;
  experiment: string;
  status: string;
  created: string;
  updated?: string;
  finished?: string | null;
  deleted?: boolean;
  archived?: boolean;
  /** Who made it. */
  owner?: string | null;
  /** Seconds: until it was finished, else until it was last heard of or now. */
  duration?: number | null;
  note?: string;
  /** What it went on from: another run's points below a step. */
  forked_from?: { run: string; step: number | bigint } | null;
  color_slot?: number;
  params?: Record<string, unknown>;
  labels?: Record<string, string>;
  summary?: Record<string, Summary>;
}

export interface TagItem {
  /** With U+FFFD where the bytes are not UTF-8; those are in tag_base64 then. */
  tag: string;
  tag_base64?: string;
  kind: string;
  runs?: number;
  first_seen?: string;
}

export interface ServerInfo {
  version?: string;
  http?: string;
  grpc?: string;
  experiments?: number;
}

export interface Problem {
  title: string;
  detail: string;
  status: number;
  /** Of a filter or an order: where it is wrong, in bytes from 1, how long, and what would be right. */
  position?: number;
  length?: number;
  hint?: string;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
  }
}
