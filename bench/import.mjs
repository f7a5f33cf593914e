// What the first use of the library costs beside the same with the bindings alone: loading it whole, and writing one store.
//
//   node bench/import.mjs [--runs 15] [--check]
//
// Fresh processes, interleaved. Refuses to report where the two sides do not write the same resources. --check fails when a limit is
// broken. Bindings are loaded at their first use, so that loading alone would compare nothing with everything.
import { compared, endIfBroken, printChecks, refuseUnlessSame, requireBuild, runsAsked, SIDES } from "./sides.mjs";

const LIMITS = { time: 1.25, memory: 1.1 };

requireBuild();
refuseUnlessSame("store", 1);
const row = compared("store", 1, runsAsked(7, 15), LIMITS.time);
const checks = checksOf(row);
print(row);
printChecks(checks);
endIfBroken(checks);

function checksOf({ ratio, library, bare }) {
  const values = [
    { name: "time of a first use, library to bare", value: ratio.all, limit: LIMITS.time },
    { name: "memory of a first use, library to bare", value: ratio.mb, limit: LIMITS.memory },
    // No noise is in this one: a binding that no resource needs breaks it on any machine.
    { name: "bindings loaded by the library", value: library.bindings, limit: bare.bindings },
  ];
  return values.map((check) => ({ ...check, holds: check.value <= check.limit }));
}

function print({ rounds, ratio, ...sides }) {
  const widths = [10, 10, 10, 8, 9, 10, 10];
  const line = (...cells) => console.log(cells.map((cell, at) => String(cell).padStart(widths[at])).join(""));
  console.log(`node ${process.version}; least processor time and median peak memory of ${rounds} runs`);
  line("", "loading", "writing", "CPU ms", "peak MB", "modules", "bindings");
  for (const side of SIDES) {
    const { load, ms, all, mb, modules, bindings } = sides[side];
    line(side, ...[load, ms, all, mb].map(Math.round), modules, bindings);
  }
  line("ratio", "", "", ratio.all.toFixed(2), ratio.mb.toFixed(2), "", "");
}
