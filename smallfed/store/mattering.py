"""What ties a post to the owner: conditions of SQL about ``{post}``, the id of it. Each is answered by an index.

Within them no table is called ``p`` or ``b``: that is what they are asked about.
"""

HIGH = 100  # generations that are looked at to find the owner in a thread
MINE = "SELECT account_id FROM owners"

TIES: dict[str, str] = {
    "boosts a post of the owner": f"""EXISTS (SELECT 1 FROM posts it JOIN posts o ON o.id = it.boost_of_id
        WHERE it.id = {{post}} AND o.account_id = ({MINE}))""",
    "is liked": f"EXISTS (SELECT 1 FROM likes l WHERE l.post_id = {{post}} AND l.account_id = ({MINE}))",
    "has the owner's vote": f"EXISTS (SELECT 1 FROM votes v WHERE v.post_id = {{post}} AND v.account_id = ({MINE}))",
    "is bookmarked": "EXISTS (SELECT 1 FROM bookmarks k WHERE k.post_id = {post})",
    "quotes a post of the owner": f"""EXISTS (SELECT 1 FROM quotes g JOIN posts o ON o.id = g.quoted_id
        WHERE g.post_id = {{post}} AND o.account_id = ({MINE}))""",
    "names the owner": f"EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = {{post}} AND m.account_id = ({MINE}))",
    "is in a notification": "EXISTS (SELECT 1 FROM notifications t WHERE t.post_id = {post})",
    "is in one put away": "EXISTS (SELECT 1 FROM frozen_notifications t WHERE t.post_id = {post})",
    "stands below a post of the owner": f"""EXISTS (
        WITH RECURSIVE up (id, height) AS (
            SELECT {{post}}, 0
            UNION ALL SELECT q.in_reply_to_id, height + 1 FROM up JOIN posts q ON q.id = up.id
            WHERE q.in_reply_to_id IS NOT NULL AND height < {HIGH})
        SELECT 1 FROM up JOIN posts q ON q.id = up.id WHERE q.account_id = ({MINE}))""",
}
