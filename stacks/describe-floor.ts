import type { HourlyFloor } from "cdktf-ai-datacenter/planner";

/** A stage's hourly floor as a few lines for people. */
export function describeFloor(stage: string, floor: HourlyFloor): string {
  const lines = floor.lines.map(({ name, count, usdPerHour, priceDate }) => {
    const price = usdPerHour === undefined ? "no list price" : usdPerHour.toFixed(3);
    return `  ${price.padStart(8)}  ${count} x ${name}${priceDate === undefined ? "" : `, price of ${priceDate}`}`;
  });
  const more = floor.unpriced.length === 0 ? "" : `, and ${floor.unpriced.join(", ")}`;
  const total = `${floor.usdPerHour.toFixed(2)} USD per hour at list price in us-east-1 before any work${more}:`;
  return [`${stage}: ${total}`, ...lines].join("\n");
}
