// A small server on Fedify, for smallfed to talk to: one person, @peer, who remembers what was verified.
//
// Environment: PEER_ORIGIN (https://name), PEER_FRONT (host:port of the TLS front), PEER_PORT and PEER_CONTROL (ports on
// loopback), PEER_FIRST_KNOCK (rfc9421 or draft-cavage-http-signatures-12: how it signs first), PEER_KNOWS (the same, or
// both: what it can verify; anything else is answered 401).
import { createServer } from "node:http";
import { createFederation, generateCryptoKeyPair, InProcessMessageQueue, MemoryKvStore } from "@fedify/fedify";
import * as vocab from "@fedify/fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";
import { leadTo, reply, requestOf } from "./network.mjs";

const { PEER_ORIGIN, PEER_FRONT, PEER_PORT, PEER_CONTROL, PEER_FIRST_KNOCK, PEER_KNOWS } = process.env;
const CAVAGE = "draft-cavage-http-signatures-12";
const PEER = { identifier: "peer" };
const SUCCESSOR = "successor"; // where @peer moves
const PUBLIC = vocab.PUBLIC_COLLECTION;

leadTo(PEER_FRONT);

const verified = []; // activities that arrived and whose signature Fedify found good
const posts = []; // every POST to an inbox: how it was signed and what it was answered
const gets = []; // the path of every GET
const failures = []; // what the inbox could not do
const sent = new Map(); // id → activity of ours
const stamps = new Map(); // id → QuoteAuthorization of ours
const aliases = []; // other accounts that @peer says are the same person
let moved = null; // where @peer lives now
const keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue({ pollInterval: { milliseconds: 50 } }),
  origin: PEER_ORIGIN,
  firstKnock: PEER_FIRST_KNOCK || "rfc9421",
  allowPrivateAddress: true,
});

federation
  .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
    if (![PEER.identifier, SUCCESSOR].includes(identifier)) return null;
    const pairs = await context.getActorKeyPairs(identifier);
    const isOld = identifier === PEER.identifier;
    return new vocab.Person({
      id: context.getActorUri(identifier),
      preferredUsername: identifier,
      name: isOld ? "The peer" : "The peer, elsewhere",
      summary: "Speaks Fedify",
      url: context.getActorUri(identifier),
      inbox: context.getInboxUri(identifier),
      endpoints: new vocab.Endpoints({ sharedInbox: context.getInboxUri() }),
      followers: context.getFollowersUri(identifier),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
      aliases: isOld ? aliases : [context.getActorUri(PEER.identifier)],
      successor: isOld ? moved : null,
    });
  })
  .setKeyPairsDispatcher(() => keys);

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [] }));

for (const [kind, path] of [[vocab.Note, "notes"], [vocab.Question, "questions"]]) {
  federation.setObjectDispatcher(kind, `/users/{identifier}/${path}/{number}`, (context, { number }) => {
    const create = sent.get(context.getObjectUri(kind, { ...PEER, number }).href);
    return create ? create.getObject() : null;
  });
}
federation.setObjectDispatcher(vocab.QuoteAuthorization, "/users/{identifier}/stamps/{number}", (context, { number }) => {
  return stamps.get(context.getObjectUri(vocab.QuoteAuthorization, { ...PEER, number }).href) ?? null;
});

const inbox = federation.setInboxListeners("/users/{identifier}/inbox", "/inbox");
for (const name of "Accept Reject Create Update Delete Undo Like EmojiReact Announce Add Remove Move".split(" ")) {
  const type = vocab[name];
  inbox.on(type, (_, activity) => remember(activity));
}
inbox.on(vocab.Follow, async (context, follow) => {
  await remember(follow);
  const accept = new vocab.Accept({ id: fresh("accepts"), actor: follow.objectId, object: follow });
  const { identifier } = context.parseUri(follow.objectId);
  await context.sendActivity({ identifier }, await follow.getActor(context), accept);
});
inbox.on(vocab.QuoteRequest, async (context, request) => {
  await remember(request);
  const id = context.getObjectUri(vocab.QuoteAuthorization, { ...PEER, number: crypto.randomUUID() });
  const attribution = context.getActorUri(PEER.identifier);
  const between = { interactingObject: request.instrumentId, interactionTarget: request.objectId };
  stamps.set(id.href, new vocab.QuoteAuthorization({ id, attribution, ...between }));
  const accept = new vocab.Accept({ id: fresh("accepts"), actor: attribution, object: request, result: id });
  await context.sendActivity(PEER, await request.getActor(context), accept);
});
inbox.onError((_, error) => void failures.push(String(error.stack)));

async function remember(activity) {
  verified.push(await activity.toJsonLd({ format: "compact" }));
}

function fresh(cluster) {
  return new URL(`/${cluster}/${crypto.randomUUID()}`, PEER_ORIGIN);
}

function schemeOf(request) {
  if (request.headers.has("signature-input")) return "rfc9421";
  return request.headers.has("signature") ? CAVAGE : "none";
}

async function receive(incoming, outgoing) {
  const request = await requestOf(incoming, PEER_ORIGIN);
  const scheme = schemeOf(request);
  if (request.method === "GET") gets.push(new URL(request.url).pathname);
  const known = !PEER_KNOWS || PEER_KNOWS === "both" || PEER_KNOWS === scheme;
  const refused = request.method === "POST" && !known;
  const response = refused
    ? new Response("this kind of signature is not known here", { status: 401 })
    : await federation.fetch(request, { contextData: undefined });
  if (request.method === "POST") posts.push({ path: new URL(request.url).pathname, scheme, status: response.status });
  await reply(response, outgoing);
}

// What the tests may ask for. Each is answered when the other side has answered.
const now = { immediate: true };
const asks = {
  state: () => ({ verified, posts, gets, failures }),

  async follow(context, { handle }) {
    const actor = await lookUp(context, handle);
    const follow = new vocab.Follow({ id: fresh("follows"), actor: context.getActorUri("peer"), object: actor.id, to: actor.id });
    return send(context, actor, follow);
  },

  async unfollow(context, { follow }) {
    const object = sent.get(follow);
    const actor = await lookUp(context, object.objectId.href);
    const undo = new vocab.Undo({ id: fresh("undos"), actor: object.actorId, object, to: actor.id });
    return send(context, actor, undo);
  },

  async reply(context, { to, text }) {
    const parent = await lookUp(context, to);
    const author = await parent.getAttribution(context);
    const me = context.getActorUri("peer");
    const note = new vocab.Note({
      id: context.getObjectUri(vocab.Note, { ...PEER, number: crypto.randomUUID() }),
      attribution: me,
      content: text,
      published: Temporal.Now.instant(),
      replyTarget: parent.id,
      to: PUBLIC,
      ccs: [author.id, context.getFollowersUri("peer")],
      tags: [new vocab.Mention({ href: author.id, name: `@${author.preferredUsername}` })],
    });
    const create = new vocab.Create({ id: fresh("creates"), actor: me, object: note, tos: note.toIds, ccs: note.ccIds });
    sent.set(note.id.href, create);
    await send(context, author, create);
    return { id: note.id.href };
  },

  async delete(context, { note }) {
    const create = sent.get(note);
    const parent = await lookUp(context, (await create.getObject()).replyTargetId.href);
    const tombstone = new vocab.Tombstone({ id: new URL(note) });
    const gone = new vocab.Delete({ id: fresh("deletes"), actor: create.actorId, object: tombstone, to: PUBLIC });
    sent.delete(note);
    return send(context, await parent.getAttribution(context), gone);
  },

  async like(context, { object }) {
    const post = await lookUp(context, object);
    const like = new vocab.Like({ id: fresh("likes"), actor: context.getActorUri("peer"), object: post.id });
    return send(context, await post.getAttribution(context), like);
  },
};

Object.assign(asks, {
  async write(context, { handle, text, quote }) {
    const note = await post(context, vocab.Note, { handle, text, quote: quote ? new URL(quote) : null });
    if (!quote) return { id: note.id.href };
    const quoted = await lookUp(context, quote);
    const author = await quoted.getAttribution(context);
    const request = { id: fresh("requests"), actor: note.attributionId, object: quoted.id, instrument: note };
    await send(context, author, new vocab.QuoteRequest({ ...request, to: author.id }));
    return { id: note.id.href };
  },

  async stamp(context, { note, stamp, handle }) {
    const stamped = (await sent.get(note).getObject()).clone({ quoteAuthorization: new URL(stamp) });
    return revise(context, stamped, handle);
  },

  async edit(context, { note, text, handle }) {
    return revise(context, (await sent.get(note).getObject()).clone({ content: text }), handle);
  },

  async ask(context, { handle, text, options }) {
    const exclusiveOptions = options.split("|").map((name) => new vocab.Note({ name, replies: new vocab.Collection({ totalItems: 0 }) }));
    const endTime = Temporal.Now.instant().add({ hours: 1 });
    return { id: (await post(context, vocab.Question, { handle, text, exclusiveOptions, endTime })).id.href };
  },

  async vote(context, { poll, option }) {
    const question = await lookUp(context, poll);
    const author = await question.getAttribution(context);
    const me = context.getActorUri(PEER.identifier);
    const id = context.getObjectUri(vocab.Note, { ...PEER, number: crypto.randomUUID() });
    const ballot = new vocab.Note({ id, attribution: me, name: option, replyTarget: question.id, to: author.id });
    return send(context, author, new vocab.Create({ id: fresh("creates"), actor: me, object: ballot, to: author.id }));
  },

  async react(context, { object, emoji }) {
    const reacted = await lookUp(context, object);
    const me = context.getActorUri(PEER.identifier);
    const reaction = new vocab.EmojiReact({ id: fresh("reactions"), actor: me, object: reacted.id, content: emoji });
    return send(context, await reacted.getAttribution(context), reaction);
  },

  alias(_, { actor }) {
    aliases.push(new URL(actor));
    return {};
  },

  async move(context, { handle }) {
    const me = context.getActorUri(PEER.identifier);
    moved = context.getActorUri(SUCCESSOR);
    const move = new vocab.Move({ id: fresh("moves"), actor: me, object: me, target: moved, to: PUBLIC });
    return send(context, await lookUp(context, handle), move);
  },
});

const interactionPolicy = new vocab.InteractionPolicy({
  canQuote: new vocab.InteractionRule({ automaticApproval: PUBLIC }),
});

/** Publish something new to everybody, and send it to `handle`. */
async function post(context, kind, { handle, text, ...more }) {
  const me = context.getActorUri(PEER.identifier);
  const id = context.getObjectUri(kind, { ...PEER, number: crypto.randomUUID() });
  const audience = { to: PUBLIC, ccs: [context.getFollowersUri(PEER.identifier)] };
  const said = { content: text, published: Temporal.Now.instant(), interactionPolicy };
  const thing = new kind({ id, attribution: me, ...said, ...audience, ...more });
  const create = new vocab.Create({ id: fresh("creates"), actor: me, object: thing, ...audience });
  sent.set(id.href, create);
  await send(context, await lookUp(context, handle), create);
  return thing;
}

/** Send a new version of something to `handle`. */
async function revise(context, thing, handle) {
  const version = thing.clone({ updated: Temporal.Now.instant() });
  sent.set(version.id.href, sent.get(version.id.href).clone({ object: version }));
  const update = { id: fresh("updates"), actor: version.attributionId, object: version, to: PUBLIC };
  return send(context, await lookUp(context, handle), new vocab.Update(update));
}

async function lookUp(context, what) {
  const documentLoader = await context.getDocumentLoader(PEER);
  const found = await context.lookupObject(what, { documentLoader });
  if (!found) throw new Error(`${what} could not be looked up`);
  return found;
}

async function send(context, recipient, activity) {
  sent.set(activity.id.href, activity);
  await context.sendActivity(PEER, recipient, activity, now);
  return { id: activity.id.href };
}

async function obey(incoming, outgoing) {
  const request = await requestOf(incoming, PEER_ORIGIN);
  const ask = asks[new URL(request.url).pathname.slice(1)];
  const context = federation.createContext(new URL(PEER_ORIGIN), undefined);
  const answer = await ask(context, request.method === "POST" ? await request.json() : {});
  await reply(Response.json(answer), outgoing);
}

function serve(port, handle) {
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error) => {
      console.error(error);
      outgoing.writeHead(500).end(JSON.stringify({ error: String(error) }));
    });
  });
  return new Promise((ready) => server.listen(Number(port), "127.0.0.1", ready));
}

await serve(PEER_PORT, receive);
await serve(PEER_CONTROL, obey);
console.log("ready");
