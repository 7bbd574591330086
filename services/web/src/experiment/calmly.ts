/** `act` at once, and once more after `pause` ms if it was wanted meanwhile: never more often than that. */
export function calmly(act: () => void, pause: number): { (): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  const begin = () => {
    wanted = false;
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (wanted) begin();
    }, pause);
  };
  const call = () => {
    if (timer === undefined) begin();
    else wanted = true;
  };
  return Object.assign(call, { stop: () => clearTimeout(timer) });
}
