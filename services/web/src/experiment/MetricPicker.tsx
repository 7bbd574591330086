// Which metric a column of the table shows.

import { ChevronDown } from "lucide-react";
import { Suspense, useState } from "react";
import { tagText } from "../api/tags";
import { later } from "../components/later";
import { Name } from "../components/Name";
import { icon } from "../components/Shell";
import { text } from "../text";
import css from "./MetricPicker.module.css";

export interface PickerProps {
  tags: string[];
  metric: string | null;
  onChoose(tag: string): void;
}

const MetricPopup = later(() => import("./MetricPopup").then((m) => m.MetricPopup));

export function MetricPicker(props: PickerProps) {
  const [asked, setAsked] = useState(false);
  const closed = (
    <button
      type="button"
      className={css.trigger}
      title={text.chooseMetric}
      aria-label={text.chooseMetric}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <Trigger metric={props.metric} />
    </button>
  );
  if (!asked) return closed;
  return (
    <Suspense fallback={closed}>
      <MetricPopup {...props} />
    </Suspense>
  );
}

export function Trigger({ metric }: Pick<PickerProps, "metric">) {
  return (
    <>
      {metric === null ? text.noMetric : <Name name={tagText(metric)} title={false} />}
      <ChevronDown {...icon} size={12} />
    </>
  );
}
