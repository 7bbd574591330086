// What a tool says: a picture and a word; where a bar has little room the word is for screen readers only.

import type { LucideIcon } from "lucide-react";
import controls from "./controls.module.css";
import { icon } from "./Shell";

export function ToolLabel({ picture: Picture, word }: { picture: LucideIcon; word: string }) {
  return (
    <>
      <Picture {...icon} size={14} />
      <span className={controls.toolWord}>{word}</span>
    </>
  );
}
