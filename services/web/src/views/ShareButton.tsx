// Share: the view is stored, and its short link is copied; `s` does the same.

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Link2 } from "lucide-react";
import { Suspense, useCallback, useRef, useState } from "react";
import controls from "../components/controls.module.css";
import { later } from "../components/later";
import { icon } from "../components/Shell";
import { failed } from "../components/undo";
import { useKeys } from "../keys";
import { storedKey, storeView, useStoredView } from "../state/stored";
import { formatView, type View } from "../state/view";
import { text } from "../text";

const SharePopup = later(() => import("./later/SharePopup").then((m) => m.SharePopup));

export function ShareButton({ view }: { view: View }) {
  const router = useRouter();
  const client = useQueryClient();
  const stored = useStoredView();
  const [link, setLink] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const share = () => {
    const path = stored?.path ?? router.state.location.pathname;
    storeView(path, formatView(view)).then(
      (made) => {
        client.setQueryData(storedKey(made.id), made);
        setLink(`${location.origin}/v/${made.id}`);
      },
      (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
    );
  };
  const latest = useRef(share);
  latest.current = share;
  useKeys(
    useCallback((key) => {
      if (key !== "s") return false;
      latest.current();
      return true;
    }, []),
  );
  return (
    <>
      <button ref={button} type="button" className={controls.btn} title={text.shareHint} onClick={share}>
        <Link2 {...icon} size={14} />
        {text.share}
      </button>
      {link !== null && (
        <Suspense fallback={null}>
          <SharePopup key={link} link={link} anchor={button} onClose={() => setLink(null)} />
        </Suspense>
      )}
    </>
  );
}
