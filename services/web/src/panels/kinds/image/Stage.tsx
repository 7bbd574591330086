// One image large, with what is known of it, or two compared; under them all images of the panel, to choose from.

import { text } from "../../../text";
import { type Shown, Thumb } from "../ImagePanel";
import { Compared } from "./Compared";
import { type Choice, keyOf } from "./image";
import css from "./Large.module.css";

export function Stage({ chosen, ...shown }: Shown & { chosen: Choice[] }) {
  return (
    <div className={css.stage}>
      <Compared {...shown} chosen={chosen} />
      <section className={css.strip} aria-label={text.kinds.images}>
        {shown.runs.flatMap(({ item: { run }, images }) =>
          (images ?? []).map((image, index) => (
            <Thumb key={keyOf({ run, index })} {...shown} image={image} choice={{ run, index }} />
          )),
        )}
      </section>
    </div>
  );
}
