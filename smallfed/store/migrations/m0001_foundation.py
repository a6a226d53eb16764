"""The first tables: the house, people, posts, relations, the two durable queues, consent.

Times are integer milliseconds since 1970 (UTC). Ids are time-ordered (see ``store.tx.Tx.new_id``). Booleans are 0 or 1.
"""

from sqlite_utils import Database

TABLES = """
-- The house itself -----------------------------------------------------------------------------------------------
CREATE TABLE houses (                       -- exactly one row, once the owner has set it up
    id INTEGER PRIMARY KEY CHECK (id = 1),
    scheme TEXT NOT NULL CHECK (scheme IN ('https', 'http')),
    domain TEXT NOT NULL,                   -- host[:port] that serves us; part of every id, never changes
    account_domain TEXT NOT NULL,           -- the domain of the handle
    trial INTEGER NOT NULL CHECK (trial IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE secrets (                      -- hashes and random keys of the house, never shown
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (                         -- signing keys: 'owner-rsa', 'owner-ed25519', 'instance-rsa'
    name TEXT PRIMARY KEY,
    algorithm TEXT NOT NULL,
    private_pem TEXT NOT NULL,
    public_pem TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- People ---------------------------------------------------------------------------------------------------------
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    local INTEGER NOT NULL DEFAULT 0 CHECK (local IN (0, 1)),
    kind TEXT NOT NULL CHECK (kind IN ('Person', 'Service', 'Application', 'Group', 'Organization')),
    username TEXT NOT NULL,
    host TEXT NOT NULL,                     -- of the handle; of the uri where webfinger did not confirm another
    name TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',          -- sanitised HTML
    url TEXT,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    outbox TEXT,
    followers TEXT,
    following TEXT,
    featured TEXT,
    avatar TEXT,
    header TEXT,
    locked INTEGER NOT NULL DEFAULT 0,
    discoverable INTEGER NOT NULL DEFAULT 0,
    indexable INTEGER NOT NULL DEFAULT 0,
    hide_collections INTEGER NOT NULL DEFAULT 0,
    fields TEXT NOT NULL DEFAULT '[]',      -- JSON [{name, value (sanitised HTML), verified_at}]
    emojis TEXT NOT NULL DEFAULT '[]',      -- JSON [{shortcode, url}]
    also_known_as TEXT NOT NULL DEFAULT '[]',
    moved_to TEXT,
    followers_claimed INTEGER,              -- what the origin claims; NULL when it says nothing
    following_claimed INTEGER,
    posts_claimed INTEGER,
    counted_at INTEGER,                     -- when we asked for these numbers
    featured_at INTEGER,                    -- when we read which posts it has pinned
    last_post_at INTEGER,
    published_at INTEGER,
    created_at INTEGER NOT NULL,            -- when we first saw it
    fetched_at INTEGER,
    gone_at INTEGER,                        -- deleted at its origin
    origin TEXT NOT NULL GENERATED ALWAYS AS ( -- host[:port] that serves the actor
        substr(uri, instr(uri, '://') + 3, instr(substr(uri, instr(uri, '://') + 3) || '/', '/') - 1)
    ) VIRTUAL
) STRICT;
CREATE INDEX accounts_handle ON accounts (username COLLATE NOCASE, host);
CREATE INDEX accounts_name ON accounts (name COLLATE NOCASE);
CREATE INDEX accounts_url ON accounts (url) WHERE url IS NOT NULL;
CREATE UNIQUE INDEX accounts_local ON accounts (local) WHERE local;

CREATE TABLE owners (                       -- what only the owner has
    id INTEGER PRIMARY KEY CHECK (id = 1),
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    password TEXT NOT NULL,                 -- Argon2id in PHC form
    note TEXT NOT NULL DEFAULT '',          -- as typed
    fields TEXT NOT NULL DEFAULT '[]',      -- JSON [{name, value}] as typed
    visibility TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'unlisted', 'private', 'direct')),
    sensitive INTEGER NOT NULL DEFAULT 0,
    language TEXT
) STRICT;

CREATE TABLE public_keys (                  -- of others, under the key id that was verified
    key_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,                    -- actor uri
    algorithm TEXT NOT NULL,
    der BLOB NOT NULL,
    fetched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX public_keys_owner ON public_keys (owner);

-- Posts ----------------------------------------------------------------------------------------------------------
CREATE TABLE posts (                        -- notes and boosts, ours and others'
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    url TEXT,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    local INTEGER NOT NULL CHECK (local IN (0, 1)),
    kind TEXT NOT NULL,                     -- 'Note', 'Article', … or 'Announce' for a boost
    boost_of_id INTEGER REFERENCES posts (id),
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private', 'direct')),
    in_home INTEGER NOT NULL DEFAULT 0,     -- decided once, when it is stored
    content TEXT NOT NULL DEFAULT '',       -- sanitised HTML
    summary TEXT NOT NULL DEFAULT '',       -- content warning, plain text
    title TEXT NOT NULL DEFAULT '',
    sensitive INTEGER NOT NULL DEFAULT 0,
    language TEXT,
    in_reply_to TEXT,                       -- uri of the parent, known or not
    in_reply_to_id INTEGER REFERENCES posts (id) ON DELETE SET NULL,
    in_reply_to_account_id INTEGER REFERENCES accounts (id),
    context TEXT,                           -- uri of the conversation, opaque
    emojis TEXT NOT NULL DEFAULT '[]',      -- JSON [{shortcode, url}]
    application TEXT,                       -- name of the client app, ours only
    published_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    edited_at INTEGER,
    likes_claimed INTEGER,
    boosts_claimed INTEGER,
    replies_claimed INTEGER,
    CHECK ((kind = 'Announce') = (boost_of_id IS NOT NULL))
) STRICT;
CREATE INDEX posts_account ON posts (account_id, id);
CREATE INDEX posts_local ON posts (visibility, local) WHERE local AND visibility IN ('public', 'unlisted');
CREATE INDEX posts_home ON posts (id) WHERE in_home;
CREATE INDEX posts_public ON posts (id) WHERE visibility = 'public' AND boost_of_id IS NULL;
CREATE INDEX posts_parent ON posts (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX posts_orphan ON posts (in_reply_to) WHERE in_reply_to IS NOT NULL AND in_reply_to_id IS NULL;
CREATE UNIQUE INDEX posts_boost ON posts (boost_of_id, account_id) WHERE boost_of_id IS NOT NULL;
CREATE INDEX posts_reply_author ON posts (in_reply_to_account_id) WHERE in_reply_to_account_id IS NOT NULL;
CREATE INDEX posts_url ON posts (url) WHERE url IS NOT NULL AND url <> uri;

CREATE TABLE documents (                    -- the JSON as it arrived, zlib
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE sources (                      -- ours, as typed
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    content_type TEXT NOT NULL CHECK (content_type IN ('text/plain', 'text/markdown'))
) STRICT;

CREATE TABLE edits (                        -- earlier versions, oldest first by id
    id INTEGER PRIMARY KEY,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    summary TEXT NOT NULL,
    sensitive INTEGER NOT NULL,
    attachments TEXT NOT NULL DEFAULT '[]', -- JSON list of attachments
    created_at INTEGER NOT NULL             -- when this version was made
) STRICT;
CREATE INDEX edits_post ON edits (post_id, id);

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    post_id INTEGER REFERENCES posts (id) ON DELETE CASCADE,
    position INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'gifv', 'video', 'audio', 'unknown')),
    media_type TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL,
    preview_url TEXT,
    description TEXT NOT NULL DEFAULT '',
    blurhash TEXT,
    width INTEGER,
    height INTEGER,
    focus_x REAL,
    focus_y REAL,
    duration REAL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_post ON attachments (post_id, position);

CREATE TABLE mentions (                     -- who is addressed by name; silent: addressed without being named
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    silent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (post_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_account ON mentions (account_id, post_id);

CREATE TABLE unknown_mentions (             -- of people we have not met; becomes mentions when we do
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    PRIMARY KEY (post_id, uri)
) STRICT, WITHOUT ROWID;
CREATE INDEX unknown_mentions_uri ON unknown_mentions (uri);

CREATE TABLE hashtags (
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,                     -- NFKC, lower case, without #
    PRIMARY KEY (post_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX hashtags_name ON hashtags (name, post_id);

CREATE TABLE likes (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    uri TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (post_id, account_id)
) STRICT;
CREATE INDEX likes_account ON likes (account_id, id);
CREATE INDEX likes_uri ON likes (uri) WHERE uri IS NOT NULL;

CREATE TABLE bookmarks (
    id INTEGER PRIMARY KEY,
    post_id INTEGER NOT NULL UNIQUE REFERENCES posts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pins (                         -- what its author's profile shows first
    id INTEGER PRIMARY KEY,
    post_id INTEGER NOT NULL UNIQUE REFERENCES posts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tombstones (                   -- what was deleted, known to us or not
    uri TEXT NOT NULL,
    actor TEXT NOT NULL,                    -- who said so: it counts for what this actor wrote, and for nothing else
    created_at INTEGER NOT NULL,
    PRIMARY KEY (uri, actor)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_created ON tombstones (created_at);

CREATE TABLE undone (                       -- an Undo that came before what it undoes; swallows at most one
    actor TEXT NOT NULL,
    activity TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (actor, activity)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (                  -- RULINGS 13
    token_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    post_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (token_id, key)
) STRICT, WITHOUT ROWID;

-- Relations ------------------------------------------------------------------------------------------------------
CREATE TABLE follows (
    id INTEGER PRIMARY KEY,
    follower_id INTEGER NOT NULL REFERENCES accounts (id),
    target_id INTEGER NOT NULL REFERENCES accounts (id),
    uri TEXT NOT NULL,                      -- of the Follow activity, byte for byte
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted')),
    reblogs INTEGER NOT NULL DEFAULT 1,
    notify INTEGER NOT NULL DEFAULT 0,
    languages TEXT,                         -- JSON list or NULL for all
    created_at INTEGER NOT NULL,
    UNIQUE (follower_id, target_id)
) STRICT;
CREATE INDEX follows_target ON follows (target_id, state, id);
CREATE INDEX follows_follower ON follows (follower_id, state, id);
CREATE INDEX follows_uri ON follows (uri);

CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    target_id INTEGER NOT NULL REFERENCES accounts (id),
    uri TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account_id, target_id)
) STRICT;
CREATE INDEX blocks_target ON blocks (target_id);
CREATE INDEX blocks_account ON blocks (account_id, id);
CREATE INDEX blocks_uri ON blocks (uri);

CREATE TABLE mutes (                        -- by the owner
    id INTEGER PRIMARY KEY,
    target_id INTEGER NOT NULL UNIQUE REFERENCES accounts (id),
    notifications INTEGER NOT NULL DEFAULT 1,
    expires_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE thread_mutes (                 -- by the owner: everything below this post is quiet
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE domain_blocks (                -- by the owner, for the whole house; subdomains are covered
    id INTEGER PRIMARY KEY,
    domain TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- What the owner is told -----------------------------------------------------------------------------------------
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,                 -- below 2^53: apps read it as a JSON number
    type TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    post_id INTEGER REFERENCES posts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX notifications_once ON notifications (type, account_id, ifnull(post_id, 0));
CREATE INDEX notifications_account ON notifications (account_id, id);
CREATE INDEX notifications_post ON notifications (post_id) WHERE post_id IS NOT NULL;

CREATE TABLE markers (
    timeline TEXT PRIMARY KEY CHECK (timeline IN ('home', 'notifications')),
    last_read_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The queues -----------------------------------------------------------------------------------------------------
CREATE TABLE inbound (                      -- everything answered 202
    id INTEGER PRIMARY KEY,                 -- a counter: the order of arrival, shown to nobody
    actor TEXT NOT NULL,                    -- verified: it owns the key that signed
    activity TEXT NOT NULL,                 -- its id, or 'sha256:…' of the body where it has none
    type TEXT NOT NULL,
    host TEXT NOT NULL,                     -- of the actor
    order_key TEXT NOT NULL,                -- innermost object's id; one key, one after the other
    personal INTEGER NOT NULL DEFAULT 0,    -- arrived at the owner's own inbox
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'parked', 'done', 'ignored')),
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    waiting_for TEXT,                       -- uri, when parked
    reason TEXT,                            -- why ignored, or what went wrong last
    received_at INTEGER NOT NULL,
    settled_at INTEGER,
    UNIQUE (actor, activity)
) STRICT;
CREATE INDEX inbound_due ON inbound (due, id) WHERE state IN ('waiting', 'parked');
CREATE INDEX inbound_missing ON inbound (waiting_for) WHERE state = 'parked';
CREATE INDEX inbound_settled ON inbound (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX inbound_ignored ON inbound (settled_at) WHERE state = 'ignored';

CREATE TABLE letters (                      -- the bytes as received: apart, so that their pages are free when they go
    inbound_id INTEGER PRIMARY KEY REFERENCES inbound (id) ON DELETE CASCADE ON UPDATE CASCADE,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE inbound_hosts (                -- how many unsettled rows each host has; '' is all of them
    host TEXT PRIMARY KEY,
    waiting INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bodies (                       -- rendered once, signed per attempt
    id INTEGER PRIMARY KEY,
    activity TEXT NOT NULL,                 -- id of the activity
    type TEXT NOT NULL,
    post_id INTEGER,                        -- the post it is about, if any (no reference: posts may be deleted)
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX bodies_post ON bodies (post_id) WHERE post_id IS NOT NULL;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    body_id INTEGER NOT NULL REFERENCES bodies (id),
    inbox TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,    -- all of them, for the owner's eyes
    failures INTEGER NOT NULL DEFAULT 0,    -- its own, not those of a silent host: its place in the schedule
    denials INTEGER NOT NULL DEFAULT 0,     -- how many of them were 401
    since INTEGER,                          -- when the owner asked to try again; patience counts from here
    answer TEXT,                            -- the last one, for the owner's eyes
    answered_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (body_id, inbox)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (host, due, id) WHERE state = 'waiting';
CREATE INDEX deliveries_settled ON deliveries (answered_at) WHERE state <> 'waiting';

CREATE TABLE gone_inboxes (                 -- answered 410; skipped for a while
    inbox TEXT PRIMARY KEY,
    gone_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE hosts (                        -- what we know of other servers' health and habits
    host TEXT PRIMARY KEY,
    next_due INTEGER,                       -- earliest delivery, not before the circuit closes; NULL: nothing waits
    failures INTEGER NOT NULL DEFAULT 0,    -- in a row, of the host itself (no answer)
    failing_since INTEGER,
    open_until INTEGER,                     -- left alone: nothing is tried before
    slow INTEGER NOT NULL DEFAULT 0,        -- used up its patience last time
    scheme TEXT CHECK (scheme IN ('cavage', 'rfc9421')),
    scheme_at INTEGER,
    scheme_evidence TEXT,
    last_ok_at INTEGER,
    last_error TEXT,
    last_seen_at INTEGER                    -- last verified request from it
) STRICT, WITHOUT ROWID;
CREATE INDEX hosts_due ON hosts (slow, next_due) WHERE next_due IS NOT NULL;

CREATE TABLE fetches (                      -- what to fetch when there is time
    uri TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'object' CHECK (kind IN ('object', 'counts', 'featured')), -- the others: of an actor
    depth INTEGER NOT NULL DEFAULT 0,       -- how far from what caused it
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,                            -- what went wrong last
    created_at INTEGER NOT NULL,
    PRIMARY KEY (uri, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX fetches_due ON fetches (due);

-- Consent --------------------------------------------------------------------------------------------------------
CREATE TABLE apps (
    id INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    secret BLOB NOT NULL,                   -- SHA-256
    name TEXT NOT NULL,
    website TEXT,
    redirect_uris TEXT NOT NULL,            -- JSON list
    scopes TEXT NOT NULL,                   -- space separated
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE codes (
    hash BLOB PRIMARY KEY,                  -- SHA-256
    app_id INTEGER NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    challenge TEXT,                         -- PKCE S256
    token_id INTEGER,                       -- what it was exchanged for: a second use revokes it
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,              -- SHA-256
    app_id INTEGER NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    owner INTEGER NOT NULL CHECK (owner IN (0, 1)), -- 0: the app for itself (client credentials)
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE TABLE sessions (                     -- of the owner's browser
    hash BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE login_failures (
    key TEXT PRIMARY KEY,                   -- 'account' or 'address:…'
    failures INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


def apply(db: Database) -> None:
    """Create the first tables."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)
