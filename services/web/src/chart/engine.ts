// The page's end of the chart worker: one worker a page, panels subscribe by id.

import type { Problem } from "../api/types";
import { text } from "../text";
import type { Frame, FromWorker, LiveColumns, PanelHover, PanelSpec, Scene, ToWorker } from "./protocol";
import workerUrl from "./worker?worker&url";

export interface PanelListener {
  drawn(bitmap: ImageBitmap, frame: Frame): void;
  hover(hover: PanelHover, owner: boolean): void;
  failed(problem: Problem | null): void;
}

export type TableAnswer = Extract<FromWorker, { type: "table" }>;

// The page's content security policy requires Trusted Types: the worker's address is vouched for here, once.
interface Policy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

function trusted(url: string): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (factory === undefined) return url;
  return factory.createPolicy("stepwell-worker", { createScriptURL: () => workerUrl }).createScriptURL(url);
}

export class ChartEngine {
  private readonly worker: Worker;
  private readonly panels = new Map<string, PanelListener>();
  private readonly tables = new Map<string, (answer: TableAnswer) => void>();
  private hoverOwner: string | null = null;

  constructor() {
    this.worker = new Worker(trusted(workerUrl), { type: "module", name: "charts" });
    this.worker.onerror = () => {
      const problem = { title: text.workerStopped, detail: text.workerStoppedDetail, status: 0 };
      for (const panel of this.panels.values()) panel.failed(problem);
    };
    this.worker.onmessage = (event: MessageEvent<FromWorker>) => this.receive(event.data);
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private receive(message: FromWorker): void {
    switch (message.type) {
      case "drawn": {
        const panel = this.panels.get(message.id);
        if (panel === undefined) message.bitmap.close();
        else panel.drawn(message.bitmap, message.frame);
        break;
      }
      case "hover":
        for (const hover of message.panels) this.panels.get(hover.id)?.hover(hover, hover.id === message.owner);
        break;
      case "failed":
        this.panels.get(message.id)?.failed(message.problem);
        break;
      case "table":
        this.tables.get(message.id)?.(message);
        this.tables.delete(message.id);
        break;
    }
  }

  setScene(scene: Scene): void {
    this.post({ type: "scene", scene });
  }

  mount(id: string, listener: PanelListener): () => void {
    this.panels.set(id, listener);
    return () => {
      if (this.panels.get(id) !== listener) return;
      this.panels.delete(id);
      this.post({ type: "drop", id });
    };
  }

  update(panel: PanelSpec): void {
    this.post({ type: "panel", panel });
  }

  hover(owner: string, x: number | null, y: number): void {
    if (x === null && this.hoverOwner !== owner) return;
    this.hoverOwner = x === null ? null : owner;
    this.post({ type: "hover", owner, x, y });
  }

  append(columns: LiveColumns[]): void {
    this.post(
      { type: "append", columns },
      columns.flatMap((c) => [c.step.buffer, c.wall.buffer, c.value.buffer]),
    );
  }

  stale(run: string | null): void {
    this.post({ type: "stale", run });
  }

  setPace(milliseconds: number): void {
    this.post({ type: "pace", milliseconds });
  }

  table(id: string): Promise<TableAnswer> {
    return new Promise((resolve) => {
      this.tables.set(id, resolve);
      this.post({ type: "table", id });
    });
  }

  reset(): void {
    this.post({ type: "reset" });
  }
}

let engine: ChartEngine | null = null;

export function chartEngine(): ChartEngine {
  engine ??= new ChartEngine();
  return engine;
}
