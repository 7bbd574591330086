// Opens the dialog in which a panel by hand is made or changed. The dialog stands beside the panels, not in one of them.

import { createContext, useContext } from "react";
import type { HandPanel } from "../state/hand_panels";

export const EditorContext = createContext<(panel: HandPanel) => void>(() => {});

export const useOpenEditor = () => useContext(EditorContext);
