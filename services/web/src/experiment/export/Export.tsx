// The button of a chart's export; what it does comes when it is asked for.

import { Download } from "lucide-react";
import { Suspense, useState } from "react";
import controls from "../../components/controls.module.css";
import { later } from "../../components/later";
import { icon } from "../../components/Shell";
import { text } from "../../text";

const ExportMenu = later(() => import("./ExportMenu").then((m) => m.ExportMenu));

export function Export(props: { panel: string; title: string }) {
  const [asked, setAsked] = useState(false);
  const closed = (
    <button
      type="button"
      className={controls.small}
      title={text.export}
      aria-label={text.export}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <Download {...icon} size={14} />
    </button>
  );
  if (!asked) return closed;
  return (
    <Suspense fallback={closed}>
      <ExportMenu {...props} />
    </Suspense>
  );
}
