// Starts aimock with the fixtures of a JSON file, on a free port; prints its URL; ends with its standard input.
// usage: node aimock.mjs INSTALLED_FOLDER FIXTURES.json
// A fixture is [match, response, options]: what aimock's on() takes.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [home, file] = process.argv.slice(2);
const { LLMock } = await import(pathToFileURL(`${home}/node_modules/@copilotkit/aimock/dist/index.js`));
const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
for (const [match, response, options] of JSON.parse(readFileSync(file, "utf8"))) mock.on(match, response, options);
await mock.start();
console.log(mock.url);
process.stdin.resume();
process.stdin.on("end", () => mock.stop().then(() => process.exit(0)));
