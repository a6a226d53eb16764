"""Documents: the JSON of posts as it arrived, packed.

Nearly all of it is the same words in the same order, so a post is packed beside what posts usually say: that makes two
thirds of what zlib makes of it alone. What was packed without a dictionary, or with another one, is still read.

Spec: RFC 1950 §2.2 (FDICT, DICTID); STACK, budget (bytes for each remote note).
"""

import zlib
from collections.abc import Mapping

from smallfed.store.tx import Tx

QUICKLY = 1  # half the time for a few more bytes

USUAL = (
    # Pleroma, Misskey, Lemmy, GoToSocial; what is most common comes last, where it costs least to be pointed at.
    b'"formerRepresentations":"repliesCount":0,"emoji":{},"htmlMfm":true,"context":"https://'
    b'"distinguished":false,"language":{"identifier":"en","name":"English"},"audience":"https://'
    b'"_misskey_summary":null,"_misskey_content":"","source":{"content":"","mediaType":"text/x.misskeymarkdown"},'
    b'"source":{"content":"","mediaType":"text/markdown"},"source":{"content":"","mediaType":"text/plain"},'
    b'"published":"2026-01-01T00:00:00.000Z","mediaType":"text/html",'
    b'"interactionPolicy":{"canAnnounce":{"automaticApproval":["https://www.w3.org/ns/activitystreams#Public"],'
    b'"manualApproval":[]},"canLike":{"canReply":{"always":["https://www.w3.org/ns/activitystreams#Public"],'
    b'"approvalRequired":[]},'
    b'"endTime":"2026-01-01T00:00:00Z","closed":"votersCount":0,"oneOf":[{"type":"Note","name":"","replies":{"type":'
    b'"Collection","totalItems":0}},"anyOf":[{"type":"Question",'
    b'"quote":"https://"_misskey_quote":"https://"quoteUri":"https://"quoteUrl":"https://"quoteAuthorization":"https://'
    b'<p class=\\"quote-inline\\">RE: <a href=\\"https://<span class=\\"quote-inline\\"><br/><br/>RE: '
    b'{"type":"Document","mediaType":"video/mp4","mediaType":"image/gif","mediaType":"image/webp","mediaType":'
    b'"image/png","mediaType":"image/jpeg","url":"https://files./media_attachments/files//original/.jpeg","name":null,'
    b'"summary":null,"blurhash":"U","focalPoint":[0.0,0.0],"width":1080,"height":1920},"width":1920,"height":1080}],'
    b'{"id":"https:///emojis/","type":"Emoji","name":":","updated":"2026-01-01T00:00:00Z","icon":{"type":"Image",'
    b'"mediaType":"image/png","url":"https:///custom_emojis/images/"}}],'
    b"<br /><br/></p><p>&amp;&quot;&#39;&lt;&gt;<strong></strong><em></em><ul><li></li></ul><blockquote><code>"
    b'<a href=\\"https://www.\\" target=\\"_blank\\" rel=\\"nofollow noreferrer noopener\\" translate=\\"no\\">'
    b'<a href=\\"https://\\" target=\\"_blank\\" rel=\\"nofollow noopener\\" translate=\\"no\\">'
    b'<span class=\\"invisible\\">https://www.</span><span class=\\"invisible\\">https://</span>'
    b'<span class=\\"ellipsis\\"></span>'
    b'<span class=\\"\\"></span><span class=\\"invisible\\"></span></a></p>'
    b' <a href=\\"https:///tags/\\" class=\\"mention hashtag\\" rel=\\"tag\\">#<span></span></a> '
    b'<p><span class=\\"h-card\\" translate=\\"no\\"><a href=\\"https:///@\\" class=\\"u-url mention\\">@'
    b"<span></span></a></span> "
    b'{"id":"https:///users//statuses/11","type":"Note","summary":null,"inReplyTo":null,"inReplyTo":"https:///users/'
    b'/statuses/11","published":"2026-01-01T00:00:00Z","url":"https:///@","attributedTo":"https:///users/","to":['
    b'"https://www.w3.org/ns/activitystreams#Public"],"cc":["https:///users//followers","https:///users/"],"sensitive":'
    b'true,"sensitive":false,"atomUri":"https:///users//statuses/11","inReplyToAtomUri":null,"inReplyToAtomUri":'
    b'"https:///users//statuses/11","conversation":"tag:,2026-01-01:objectId=:objectType=Conversation","context":'
    b'"https:///contexts/-","content":"<p>","contentMap":{"de":"<p>","contentMap":{"en":"<p></p>"},"attachment":[],'
    b'"attachment":[{"tag":[],"tag":[{"type":"Mention","href":"https:///users/","name":"@"},{"type":"Hashtag","href":'
    b'"https:///tags/","name":"#"}],"interactionPolicy":{"canQuote":{"automaticApproval":['
    b'"https://www.w3.org/ns/activitystreams#Public"]}},"replies":{"id":"https:///users//statuses/11/replies","type":'
    b'"Collection","first":{"type":"CollectionPage","next":"https:///users//statuses/11/replies?only_other_accounts=true'
    b'&page=true","partOf":"https:///users//statuses/11/replies","items":[]}},"likes":{"id":"https:///users//statuses/11'
    b'/likes","type":"Collection","totalItems":0},"shares":{"id":"https:///users//statuses/11/shares","type":'
    b'"Collection","totalItems":0}}'
)
DICTIONARIES: Mapping[int, bytes] = {zlib.adler32(USUAL): USUAL}
"""By the name that a packed document says. What was packed with a dictionary can only be read with it: none goes."""


def put(tx: Tx, post: int, body: bytes) -> None:
    """Keep the JSON of a post as it arrived, instead of an earlier one."""
    tx.run("INSERT OR REPLACE INTO documents (post_id, body) VALUES (?, ?)", post, pack(body))


def find(tx: Tx, post: int) -> bytes | None:
    """Return the JSON of a post as it arrived, or None."""
    row = tx.one("SELECT body FROM documents WHERE post_id = ?", post)
    return None if row is None else unpack(row[0])


def drop(tx: Tx, post: int) -> None:
    """Forget the JSON of a post."""
    tx.run("DELETE FROM documents WHERE post_id = ?", post)


def pack(body: bytes) -> bytes:
    """Return ``body`` in fewer bytes."""
    packing = zlib.compressobj(QUICKLY, zdict=USUAL)
    return packing.compress(body) + packing.flush()


def unpack(packed: bytes) -> bytes:
    """Return what was packed; KeyError where that was done with a dictionary that is not known here."""
    named = packed[1] & 0x20  # FDICT
    if not named:
        return zlib.decompress(packed)
    unpacking = zlib.decompressobj(zdict=DICTIONARIES[int.from_bytes(packed[2:6], "big")])
    return unpacking.decompress(packed) + unpacking.flush()
