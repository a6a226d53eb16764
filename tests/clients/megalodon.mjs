// megalodon (under Whalebird and Fedistar), asked line by line: see speaking.mjs.
import generator, { detector } from "megalodon";
import { speak } from "./speaking.mjs";

const { SERVER: url, TOKEN: token } = process.env;
const client = generator("mastodon", url, token);

const NAMES = ["connect", "update", "status_update", "delete", "notification", "conversation", "error", "parser-error"];

// What a socket tells, as one row of {event, payload}.
async function* row(opening) {
  const socket = await opening;
  const waiting = [];
  let wake = () => {};
  for (const event of NAMES) {
    socket.on(event, (payload) => {
      waiting.push({ event, payload: payload instanceof Error ? String(payload) : payload });
      wake();
    });
  }
  while (true) {
    while (waiting.length) yield waiting.shift();
    await new Promise((resolve) => (wake = resolve));
  }
}

const streaming = { user: () => row(client.userStreaming()), tag: (name) => row(client.tagStreaming(name)) };

await speak(
  { rest: client, detector: { detect: () => detector(url) }, streaming },
  {
    explain: (error) => ({ status: error?.response?.status, message: error?.response?.data?.error ?? error?.message }),
    unwrap: (value) => (value && typeof value === "object" && "data" in value && "headers" in value ? value.data : value),
  },
);
