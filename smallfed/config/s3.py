"""Options: a bucket for the files of your media."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import BASE, BOOLEAN, OPTIONAL_FILE, SECRET, TEXT, choice
from smallfed.config.values import Secret


class S3(Struct, frozen=True, kw_only=True):
    """A bucket at a service that speaks S3 (AWS, R2, B2, Garage, MinIO …) for your pictures, sounds and films.

    Takes the extra `s3`, as README says. What you upload is on this machine first and is brought there from here,
    however long the bucket cannot be reached. `smallfed media storage` says what is where, `smallfed media migrate`
    brings what you have uploaded so far.
    """

    bucket: Annotated[
        str,
        About(
            kind=TEXT,
            doc="The name of the bucket, which must exist. Empty: there is none, and all files are on this machine.",
            example='"alice-media"',
        ),
    ] = ""
    endpoint: Annotated[
        str,
        About(
            kind=BASE,
            doc="The address of the service, without the name of the bucket. It may be in your own network: only you "
            "can set it. Empty: that of AWS for the region.",
            example='"https://s3.eu-central-003.backblazeb2.com"',
        ),
    ] = ""
    region: Annotated[
        str,
        About(
            kind=TEXT,
            doc='The region, as the service calls it; "auto" for R2, and "garage" for Garage as it comes.',
            example='"eu-central-003"',
        ),
    ] = "us-east-1"
    access_key: Annotated[
        str,
        About(
            kind=TEXT,
            doc="The id of the access key. It must be allowed to read, write and delete objects in the bucket, and "
            "needs nothing else.",
            example='"003a1b2c3d4e5f60000000001"',
        ),
    ] = ""
    secret: Annotated[
        Secret,
        About(
            kind=SECRET,
            doc="The secret of the access key. It is never shown. Better keep it in a file of its own (`secret_file`) "
            "or in the environment.",
            example='"K003abcdefghijklmnopqrstuvwxyz"',
        ),
    ] = Secret("")
    secret_file: Annotated[
        Path | None,
        About(
            kind=OPTIONAL_FILE,
            doc="A file with the secret of the access key in its first line, which nobody but smallfed may read. A "
            "relative path starts from the folder of this file.",
            example='"bucket-secret"',
        ),
    ] = None
    prefix: Annotated[
        str,
        About(
            kind=TEXT,
            doc="What the names of all objects begin with, so that the bucket may hold other things, too.",
            example='"smallfed"',
        ),
    ] = ""
    path_style: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether the name of the bucket stands in the path of addresses, as nearly every service takes it, or "
            "(false) before the name of the host.",
            example="false",
        ),
    ] = True
    public_url: Annotated[
        str,
        About(
            kind=BASE,
            doc="An address below which everybody can read what is in the bucket (in it, the prefix): that of the "
            "bucket itself, once its policy allows that, or of a CDN before it. Apps are given addresses there, and "
            "other servers are sent there. Empty: everything goes through this server.",
            example='"https://media.example.org"',
        ),
    ] = ""
    keep_local: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether files of your posts stay on this machine, too, once they are in the bucket and have been read "
            "back from there. Your profile pictures and emoji always do; they are small.",
            example="true",
        ),
    ] = False
    cache: Annotated[
        Literal["local", "bucket", "both"],
        About(
            kind=choice("local", "bucket", "both"),
            doc='Where the pictures of others are kept, for as long as they are: "local", on this machine; "bucket"; '
            'or "both".',
            example='"bucket"',
        ),
    ] = "local"
