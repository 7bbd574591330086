"""REST by the standard library: one connection a thread, kept open; errors as the server's problem documents."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from stepwell import credentials

_TIMEOUT = 60.0  # seconds without a byte
_TRIES = 4  # of a request that the server is too busy for
_LONGEST_WAIT = 10.0  # seconds, whatever Retry-After says


class ApiError(Exception):
    """What the server answered instead (RFC 9457).

    Attributes:
        status: of HTTP; 0 if no answer came.
        title, detail: what went wrong, and with which thing.
        request_id: under which the server's log tells more, if it does.
    """

    def __init__(self, status: int, title: str, detail: str, request_id: str = "") -> None:
        super().__init__(f"{detail} ({status} {title})" if status else detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.request_id = request_id


class Http:
    """Requests to one server. Safe to use from many threads."""

    def __init__(self, address: str, token: str | None = None) -> None:
        parts = urllib.parse.urlsplit(address if "//" in address else f"http://{address}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{address!r} is no address of Stepwell's web application, such as http://127.0.0.1:7007")
        self.address = f"{parts.scheme}://{parts.netloc}"
        self._parts = parts
        self._token = token or credentials.token_for(address)
        self._local = threading.local()

    def json(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        data = self.read(method, path, query, body)
        return json.loads(data) if data else None

    def read(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> bytes:
        response = self._open(method, path, query, body)
        try:
            return response.read()
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise ApiError(0, "", f"{self.address}: the answer was cut off ({error!r})") from None

    def lines(self, path: str, query: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        """An answer line by line, as it comes."""
        response = self._open("GET", path, query, None)
        ended = False
        try:
            yield from response
            ended = True
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(0, "", f"{self.address}: the answer was cut off ({error!r})") from None
        finally:
            if not ended:
                self._drop()

    def _open(self, method: str, path: str, query: Mapping[str, Any] | None, body: Any) -> http.client.HTTPResponse:
        """An answer of status 2xx, not read yet."""
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        headers = {"Accept": "*/*"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        if method != "GET":
            headers["Idempotency-Key"] = uuid.uuid4().hex  # each try says the same, so a try more does no harm
        for attempt in range(_TRIES):
            response = self._send(method, path, data, headers)
            if response.status < 300:
                return response
            problem = response.read()
            wait = response.headers.get("Retry-After", "")
            if response.status not in (429, 503) or not wait.isdigit() or attempt + 1 == _TRIES:
                break
            time.sleep(min(float(wait), _LONGEST_WAIT))
        raise _error(response, problem)

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        while True:
            connection = kept or self._connect()
            try:
                connection.request(method, path, data, headers)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                if kept is not None:  # the server closed it while nothing was asked
                    kept = None
                    continue
                raise ApiError(0, "", f"{self.address} does not answer ({error})") from None
            self._local.connection = connection
            return response

    def _connect(self) -> http.client.HTTPConnection:
        make = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = make(self._parts.hostname or "", self._parts.port, timeout=_TIMEOUT)
        try:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            raise ApiError(0, "", f"{self.address} cannot be reached ({error})") from None
        return connection

    def _drop(self) -> None:
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()


def _error(response: http.client.HTTPResponse, body: bytes) -> ApiError:
    try:
        problem = json.loads(body)
        detail = str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return ApiError(response.status, response.reason, f"the server answered {response.status} {response.reason}")
    return ApiError(response.status, str(problem.get("title", "")), detail, str(problem.get("request_id", "")))
