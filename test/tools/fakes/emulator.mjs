/** Stands in for `python -m aidc_embedded`: same command line, same ready line, same paths. */
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const [folder, ...args] = process.argv.slice(2);
const behaviour = JSON.parse(readFileSync(join(folder, "behaviour.json"), "utf8"));
appendFileSync(join(folder, "emulator-calls.jsonl"), `${JSON.stringify({ args, env: process.env })}\n`);

if (behaviour.emulatorRefuses) {
  console.error("error: port 80 on 127.0.0.1 is in use; choose another with --port");
  process.exit(2);
}
if (behaviour.emulatorBreaks) throw new Error("broken");

const server = createServer((request, response) => {
  appendFileSync(join(folder, "requests.txt"), `${request.method} ${request.url}\n`);
  response.end("{}");
});
server.listen(0, "127.0.0.1", () => {
  const host = behaviour.emulatorHost ?? "127.0.0.1";
  const url = `http://${host}:${server.address().port}`;
  console.log(JSON.stringify({ ready: true, url, pid: process.pid, moto: "5.2.5" }));
});
