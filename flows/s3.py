"""How S3 is spoken to: where the keys come from, what is tried again, and words for what went wrong.

Address and keys are those of the environment (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, …, or the files that
AWS's own tools read). Each call is tried six times within a minute; after that it is an error.
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

import fsspec

from flows.masking import masked

_TRIES = 6
_CLIENT = {
    # What other processes have written has to be seen. s3fs alone tries again: also bodies that break off.
    "use_listings_cache": False,
    "config_kwargs": {"connect_timeout": 5, "read_timeout": 9, "retries": {"total_max_attempts": 1}},
}
_KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_WRONG_KEYS = {"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch"}
_OTHER_REGION = {"AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"}


def connected(root: str) -> tuple[Any, str]:
    """The filesystem of the address ROOT, and the path on it. S3 is not asked anything yet.

    Raises ImportError when the filesystem needs a package that is not there, and ValueError when the address,
    or what the environment says of it, cannot be used.
    """
    if not _named(fsspec.core.split_protocol(root)[0]):
        fs, base = fsspec.core.url_to_fs(root)
        return fs, base
    if "@" in urlsplit(root).netloc:
        raise ValueError(f"keys do not belong into an address, but into {_KEYS}")
    fs, base = fsspec.core.url_to_fs(root, **_CLIENT)
    from botocore.handlers import add_expect_header
    from s3fs.core import set_custom_error_handler

    set_custom_error_handler(_passing)
    fs.retries = _TRIES
    try:
        fs.connect()
    except faults() as error:
        raise ValueError(str(error)) from error
    # Whoever asks first whether he may send waits for the answer without end.
    fs.s3.meta.events.unregister("before-call.s3", add_expect_header)
    return fs, base


def is_s3(fs: Any) -> bool:
    """Whether FS speaks to S3."""
    return _named(*(fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,)))


def answer(error: BaseException) -> tuple[int, str]:
    """The status and the code of S3's answer that led to ERROR; zero and nothing when there was none."""
    one: BaseException | None = error
    while one is not None:
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            return int(status), str(response.get("Error", {}).get("Code", ""))
        one = one.__cause__
    return 0, ""


def faults() -> tuple[type[Exception], ...]:
    """What is raised when files cannot be reached, wherever they are."""
    found: list[type[Exception]] = [OSError]
    # What is not imported raises nothing.
    if "botocore" in sys.modules:
        from botocore.exceptions import BotoCoreError, ClientError

        found += [BotoCoreError, ClientError]
    if "aiohttp" in sys.modules:
        from aiohttp import ClientError as Disconnected

        found.append(Disconnected)
    return tuple(found)


def explained(fs: Any, path: str, error: Exception) -> tuple[str, str, str] | None:
    """A reason (see `StoreError`), what went wrong at which address, and what to check; None when S3 has
    nothing to do with it. PATH begins with the bucket."""
    if not is_s3(fs):
        return None
    from botocore.exceptions import NoCredentialsError, ParamValidationError

    status, code = answer(error)
    where = masked(str(fs.s3.meta.endpoint_url))
    bucket = path.lstrip("/").partition("/")[0]
    if code == "NoSuchBucket":
        return "missing", f"{where} has no bucket {bucket}", "Check its name and AWS_ENDPOINT_URL"
    if isinstance(error, ParamValidationError):
        return "missing", f"{bucket} cannot be the name of a bucket", "Check the address"
    if code in _WRONG_KEYS:
        return "unwritable", f"{where} does not accept the keys ({code})", f"Check {_KEYS}"
    if isinstance(error, NoCredentialsError):
        return "unwritable", f"there are no keys for {where}", f"Set {_KEYS}"
    if code in _OTHER_REGION or status == 301:
        return "unwritable", f"{where} has the bucket {bucket} in another region", "Set AWS_DEFAULT_REGION"
    if isinstance(error, PermissionError):
        allowed = "s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject"
        advice = f"Check {_KEYS}, and that they may do {allowed} there"
        return "unwritable", f"{where} denies access to the bucket {bucket} ({code})", advice
    if status >= 500:
        return "broken", f"{where} answers {status} ({code}) again and again", "Wait a while and run again"
    if isinstance(error, (*_unreachable(), ConnectionError, TimeoutError)):
        advice = "Check AWS_ENDPOINT_URL and the connection, and run again"
        return "broken", f"{where} does not answer ({type(error).__name__})", advice
    return None


def _passing(error: Exception) -> bool:
    """Whether S3 may do in a moment what it has just not done."""
    status, code = answer(error)
    refused = (status >= 500 and status != 501) or status == 429 or code == "RequestTimeout"
    return refused or isinstance(error, _unreachable())


def _unreachable() -> tuple[type[Exception], ...]:
    from aiohttp import ClientError
    from botocore.exceptions import ConnectionError, HTTPClientError

    return ClientError, ConnectionError, HTTPClientError


def _named(*protocols: str | None) -> bool:
    return bool({"s3", "s3a"} & set(protocols))
