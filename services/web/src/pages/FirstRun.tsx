// The empty workspace is the tutorial: what to type, with this server's real address, and a chart that waits. It says only
// what works today.

import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { fetchServer } from "../api/client";
import { CodeBox } from "../components/CodeBox";
import { icon, Shell } from "../components/Shell";
import { text } from "../text";
import css from "./FirstRun.module.css";

/** The gRPC address as somebody at this browser reaches it: the server's port at the host of this page. */
export function uploadAddress(grpc: string | undefined, host: string): string {
  const port = /:(\d+)$/.exec(grpc ?? "")?.[1] ?? "7008";
  const name =
    /^(127\.|0\.0\.0\.0|localhost|\[::1?\])/.test(grpc ?? "") || grpc === undefined
      ? host
      : grpc.slice(0, grpc.lastIndexOf(":"));
  return `${name}:${port}`;
}

async function timedServer(signal: AbortSignal) {
  const start = performance.now();
  const info = await fetchServer(signal);
  return { info, milliseconds: performance.now() - start };
}

export function FirstRun() {
  const server = useQuery({
    queryKey: ["server"],
    queryFn: ({ signal }) => timedServer(signal),
    refetchInterval: 5_000,
  });
  const address = uploadAddress(server.data?.info.grpc, location.hostname);
  const upload = `stepwell upload ./logs --experiment first --server ${address}`;
  return (
    <Shell
      place={{ workspace: "default" }}
      status={
        <>
          <b>{text.statusNoRuns}</b>
          {server.data?.info.version && <span className={css.end}>{text.version(server.data.info.version)}</span>}
        </>
      }
    >
      <div className={css.scroll}>
        <div className={css.page}>
          <div>
            <h1>{text.firstTitle}</h1>
            <p className={css.lead}>{text.firstLead}</p>
            <Step number={1} title={text.firstHave} detail={text.firstHaveDetail}>
              <CodeBox
                copy={
                  'from torch.utils.tensorboard import SummaryWriter\n\nw = SummaryWriter("logs/first")\nfor step in range(1000):\n    w.add_scalar("train/loss", 1 / (1 + step) ** 0.5, step)\nw.close()'
                }
              >
                <span className={css.k}>from</span> torch.utils.tensorboard <span className={css.k}>import</span>{" "}
                SummaryWriter{"\n\n"}w = SummaryWriter(
                <span className={css.s}>"logs/first"</span>){"\n"}
                <span className={css.k}>for</span> step <span className={css.k}>in</span> range(
                <span className={css.s}>1000</span>):{"\n"}
                {"    "}w.add_scalar(<span className={css.s}>"train/loss"</span>, <span className={css.s}>1</span> / (
                <span className={css.s}>1</span> + step) ** <span className={css.s}>0.5</span>, step){"\n"}w.close()
              </CodeBox>
            </Step>
            <Step number={2} title={text.firstUpload} detail={text.firstUploadDetail}>
              <CodeBox copy={upload}>
                stepwell upload <span className={css.s}>./logs</span> --experiment <span className={css.s}>first</span>{" "}
                --server <span className={css.s}>{address}</span>
              </CodeBox>
            </Step>
            <Step number={null} title={text.firstOr} detail={text.firstOrDetail}>
              <CodeBox copy="./dev up ./logs">
                ./dev up <span className={css.s}>./logs</span>
              </CodeBox>
            </Step>
          </div>
          <Waiting
            ok={server.data !== undefined && !server.isError}
            milliseconds={server.data?.milliseconds ?? 0}
            address={address}
          />
        </div>
      </div>
    </Shell>
  );
}

function Step({
  number,
  title,
  detail,
  children,
}: {
  number: number | null;
  title: string;
  detail: string;
  children: ReactNode;
}) {
  return (
    <section className={css.step}>
      <i aria-hidden="true" data-none={number === null}>
        {number}
      </i>
      <div>
        <h2>{title}</h2>
        <p>{detail}</p>
        {children}
      </div>
    </section>
  );
}

// 1 / √(1 + 0.35·x) over a plot of 440 × 190.
const CURVE = Array.from(
  { length: 100 },
  (_, i) => `${i === 0 ? "M" : "L"}${(30 + i * 4.3).toFixed(1)} ${(200 - 185 / Math.sqrt(1 + i * 0.35)).toFixed(1)}`,
).join("");

function Waiting({ ok, milliseconds, address }: { ok: boolean; milliseconds: number; address: string }) {
  const [start] = useState(Date.now);
  const [now, setNow] = useState(start);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.floor((now - start) / 1000);
  const time = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <div className={css.wait}>
      <section className={css.card}>
        <header>
          <h3>
            <span>train/</span>loss
          </h3>
          <span className={css.waiting}>
            <i className="pulse" />
            {text.firstWaiting}
          </span>
        </header>
        <svg viewBox="0 0 470 222" role="img" aria-label={text.firstCurve} className={css.plot}>
          <path d="M30 15H460M30 107.5H460" className={css.grid} />
          <path d="M30 200.5H460" className={css.axis} />
          <path d={CURVE} className={css.curve} />
          <g className={css.labels}>
            <text x="24" y="19" textAnchor="end">
              1
            </text>
            <text x="24" y="111" textAnchor="end">
              0.5
            </text>
            {[0, 200, 400, 600, 800].map((x) => (
              <text key={x} x={30 + x * 0.43} y="216" textAnchor="middle">
                {x}
              </text>
            ))}
          </g>
        </svg>
        <dl className={css.checks}>
          <Row done={ok} name={text.checkServer} value={ok ? text.checkMilliseconds(milliseconds) : text.checkFailed} />
          <Row done={ok} name={text.checkAddress} value={address} />
          <Row done={false} name={text.checkRun} value={text.checkNone(time)} />
        </dl>
      </section>
    </div>
  );
}

function Row({ done, name, value }: { done: boolean; name: string; value: string }) {
  return (
    <div className={css.check}>
      {done ? <Check {...icon} /> : <span className={css.open} aria-hidden="true" />}
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
