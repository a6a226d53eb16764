"""Visibilities as client apps know them: four, and apps in Swift refuse to read a fifth.

A post for the owner alone is shown as one for those it mentions: no app offers to boost that, and what is written
anew from it, or in answer to it, by an app that does not know ``local_only`` goes to nobody by accident.

Spec: CLIENT_API §13 item 10, §15.
"""

from collections.abc import Mapping

from smallfed.domain.post import Visibility
from smallfed.mastodon.entities.kinds import VisibilityName

NAMES: Mapping[Visibility, VisibilityName] = {
    Visibility.PUBLIC: "public",
    Visibility.UNLISTED: "unlisted",
    Visibility.PRIVATE: "private",
    Visibility.DIRECT: "direct",
    Visibility.LOCAL: "direct",
}
