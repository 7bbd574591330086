// The lines with which a training goes on from a step of a run, in a run of its own or in the same.

export type GoOn = "fork" | "rewind";

export interface Place {
  run: string;
  experiment: string;
  workspace: string;
  step: bigint;
}

/** A whole number that a step can be; null: it is none. */
export function stepIn(written: string): bigint | null {
  const plain = written.replace(/[\s,]/g, "");
  if (!/^[-+]?\d+$/.test(plain)) return null;
  const step = BigInt(plain);
  return BigInt.asIntN(64, step) === step ? step : null;
}

const quoted = (text: string) => JSON.stringify(text);

/** C++ takes no \u escapes of control characters: they become octal. */
const quotedCpp = (text: string) =>
  quoted(text).replace(
    /\\u00([01][0-9a-f])/g,
    (_, hex: string) => `\\${parseInt(hex, 16).toString(8).padStart(3, "0")}`,
  );

export function pythonLines(how: GoOn, { run, experiment, workspace, step }: Place): string {
  const where = [
    `experiment=${quoted(experiment)}`,
    ...(workspace === "default" ? [] : [`workspace=${quoted(workspace)}`]),
  ];
  const what = how === "fork" ? `fork_from=(${quoted(run)}, ${step})` : `id=${quoted(run)}, rewind_to=${step}`;
  return `import stepwell\n\nrun = stepwell.init(\n    ${[...where, what].join(",\n    ")},\n)`;
}

export function cppLines(how: GoOn, { run, experiment, workspace, step }: Place): string {
  // In the order of RunOptions, as C++ wants them.
  const id = how === "rewind" ? [`.id = ${quotedCpp(run)}`] : [];
  const what = how === "fork" ? `.fork_from = stepwell::ForkPoint{${quotedCpp(run)}, ${step}}` : `.rewind_to = ${step}`;
  const place = workspace === "default" ? [] : [`.workspace = ${quotedCpp(workspace)}`];
  const options = [`.experiment = ${quotedCpp(experiment)}`, ...id, what, ...place];
  return `#include "stepwell/run.h"\n\nstepwell::Run run({\n    ${options.join(",\n    ")},\n});`;
}
