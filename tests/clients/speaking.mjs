// A client library on a leash: reads one question per line, {id, root, path, as}, and answers each with a line of JSON.
// A step of the path is a name, or {name: arguments} for a call. What is asked "as" pages or listening goes on for longer.
import { createReadStream, openAsBlob } from "node:fs";
import { createInterface } from "node:readline";

const heard = [];

export async function speak(roots, { explain, unwrap = (value) => value }) {
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, root, path, as } = JSON.parse(line);
    answer(roots[root], path, as, unwrap)
      .then((value) => say({ id, value: value ?? null }))
      .catch((error) => say({ id, error: { ...explain(error), text: String(error?.stack ?? error) } }));
  }
}

async function answer(root, path, as, unwrap) {
  if (as === "heard") return heard[path];
  const { end } = await walk(root, path);
  if (as === "listening") return listen(end);
  if (as === "pages") return pages(end);
  return unwrap(await end);
}

// The end is wrapped: it may be a promise, or a paginator that looks like one.
async function walk(root, path) {
  let end = root;
  for (const step of path) {
    if (typeof step === "string") end = end[step];
    else for (const [name, values] of Object.entries(step)) end = end[name](...(await Promise.all(values.map(filled))));
  }
  return { end };
}

// {"$file": path} is a file to be uploaded, {"$stream": path} the same for libraries that want a stream.
async function filled(value) {
  if (value === null || typeof value !== "object") return value;
  if (value.$file) return openAsBlob(value.$file);
  if (value.$stream) return createReadStream(value.$stream);
  if (Array.isArray(value)) return Promise.all(value.map(filled));
  const entries = Object.entries(value).map(async ([name, one]) => [name, await filled(one)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function pages(paginator) {
  const read = [];
  for await (const page of paginator) {
    read.push(page);
    if (read.length >= 100) throw new Error("there is no end of pages");
  }
  return read;
}

// Collects what a subscription brings; "heard" tells it.
function listen(events) {
  const mine = heard.push([]) - 1;
  (async () => {
    for await (const event of events) heard[mine].push(event);
    heard[mine].push({ event: "end" });
  })().catch((error) => heard[mine].push({ event: "error", text: String(error) }));
  return mine;
}
