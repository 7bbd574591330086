// What a panel of a kind has for itself, in the address.

import type { PanelShared } from "../../experiment/context";
import type { KindKey } from "../../state/kind_keys";
import { setOverride } from "../edit";

/** Null: as without it. */
export function setKind(
  shared: PanelShared,
  id: string,
  key: KindKey | "y",
  value: string | null,
  gesture = false,
): void {
  shared.edit((view) => ({ panels: setOverride(view.panels, id, key, value) }), gesture);
}
