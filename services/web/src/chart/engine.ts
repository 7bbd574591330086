// The page's end of the chart worker: one worker a page, panels subscribe by id.

import type { Problem } from "../api/types";
import { pictured } from "../settled";
import { text } from "../text";
import type {
  Answer,
  Frame,
  FromWorker,
  LiveColumns,
  PanelHover,
  PanelSpec,
  Question,
  RowOrder,
  Scene,
  ToWorker,
} from "./protocol";
import { trusted } from "./trusted";
import workerUrl from "./worker?worker&url";

export interface PanelListener {
  drawn(bitmap: ImageBitmap, frame: Frame): void;
  hover(hover: PanelHover, owner: boolean): void;
  failed(problem: Problem | null): void;
}

type AnswerTo<Q extends Question> = Extract<Answer, { what: Q["what"] }>;

export class ChartEngine {
  private readonly worker: Worker;
  private readonly panels = new Map<string, PanelListener>();
  private readonly asked = new Map<number, (answer: Answer | null) => void>();
  private tickets = 0;
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
        pictured();
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
      case "answer":
        this.asked.get(message.ticket)?.(message.answer);
        this.asked.delete(message.ticket);
        break;
    }
  }

  /** Fetches what panels of these tags, about so wide, will need. */
  ahead(tags: string[], runs: { id: string }[], columns: number): void {
    this.post({ type: "ahead", tags, runs, columns });
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

  hover(owner: string, x: number | null, y: number, order: RowOrder): void {
    if (x === null && this.hoverOwner !== owner) return;
    this.hoverOwner = x === null ? null : owner;
    this.post({ type: "hover", owner, x, y, order });
  }

  /** A way to the worker for another one. */
  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.post({ type: "port", port: port1 }, [port1]);
    return port2;
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

  /** null: there is no such panel, or nothing on it yet. */
  ask<Q extends Question>(id: string, question: Q): Promise<AnswerTo<Q> | null> {
    return new Promise((resolve) => {
      const ticket = ++this.tickets;
      this.asked.set(ticket, (answer) => resolve(answer as AnswerTo<Q> | null));
      this.post({ type: "ask", id, ticket, question });
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
