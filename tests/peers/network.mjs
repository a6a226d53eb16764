// The names under .example lead to the TLS front of the test, from inside this process only.
import tls from "node:tls";

/** Let every TLS connection to a name under .example go to `front` ("host:port"); certificates are checked as ever. */
export function leadTo(front) {
  const [host, port] = front.split(":");
  const connect = tls.connect;
  tls.connect = (options, ...rest) => {
    const name = options.servername || options.host || "";
    if (!name.endsWith(".example")) return connect(options, ...rest);
    return connect({ ...options, servername: name, host, port: Number(port) }, ...rest);
  };
}

/** Turn a request of node:http into one of the Fetch standard, as it was addressed to `origin`. */
export async function requestOf(incoming, origin) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
  const body = ["GET", "HEAD"].includes(incoming.method) ? undefined : Buffer.concat(chunks);
  return new Request(new URL(incoming.url, origin), { method: incoming.method, headers, body });
}

/** Write an answer of the Fetch standard with node:http. */
export async function reply(response, outgoing) {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}
