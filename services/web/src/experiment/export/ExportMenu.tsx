// What a chart can be exported as.

import { Menu } from "@base-ui/react/menu";
import { Download } from "lucide-react";
import { useState } from "react";
import controls from "../../components/controls.module.css";
import { icon } from "../../components/Shell";
import { text } from "../../text";
import { usePanelShared } from "../context";
import { exportChart, type Format } from "./save";

const FORMATS: readonly (readonly [Format, string])[] = [
  ["png", text.exportPng],
  ["png2", text.exportPng2],
  ["clear", text.exportClear],
  ["svg", text.exportSvg],
  ["csv", text.exportCsv],
  ["json", text.exportJson],
  ["allCsv", text.exportAllCsv],
  ["allJson", text.exportAllJson],
  ["python", text.exportPython],
];

/** Begins open: it is not there before somebody asks for it. */
export function ExportMenu({ panel, title }: { panel: string; title: string }) {
  const shared = usePanelShared();
  const [open, setOpen] = useState(true);
  const [failed, setFailed] = useState<string | null>(null);
  const run = (format: Format) => {
    setFailed(null);
    const { engine, palette, baseline } = shared;
    const nameOf = (run: string) => shared.runs.get(run)?.name ?? shared.groupLabel(run);
    exportChart({ engine, panel, title, palette, baseline, nameOf }, format).catch((error: unknown) => {
      setFailed(error instanceof Error && error.message ? error.message : text.unreachable);
      setOpen(true);
    });
  };
  return (
    <Menu.Root open={open} onOpenChange={setOpen}>
      <Menu.Trigger className={controls.small} title={text.export} aria-label={text.export}>
        <Download {...icon} size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={controls.layer} sideOffset={4} align="end">
          <Menu.Popup className={controls.popup} aria-label={text.export}>
            {failed !== null && (
              <p className={controls.problem} role="alert">
                <strong>{text.exportFailed}</strong> {failed}
              </p>
            )}
            {FORMATS.map(([format, label]) => (
              <Menu.Item key={format} className={controls.item} onClick={() => run(format)}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
