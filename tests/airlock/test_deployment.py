"""The proxy's example says what it must, and does it when nginx is there."""

import http.server
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "deploy" / "nginx" / "ozeli.conf"
CANARY = "CANARI-9b2e"


def blocks() -> list[str]:
    """The two servers, the portal then the airlock, without their comments."""
    text = re.sub(r"^\s*#.*$", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [f"server {{{block}" for block in text.split("server {")[1:]]


def test_both_logs_are_off_on_both_hosts() -> None:
    assert len(blocks()) == 2
    for block in blocks():
        assert "access_log off;" in block
        assert "error_log /dev/null crit;" in block
        assert "proxy_request_buffering on;" in block


def test_the_airlock_gets_nothing_of_the_browser() -> None:
    airlock = blocks()[1]
    assert "proxy_pass_request_headers off;" in airlock
    for name in ("Cookie", "Authorization", "X-Forwarded-For", "X-Real-IP"):
        assert f'proxy_set_header {name} "";' in airlock
    for word in (
        "$remote_addr",
        "limit_req",
        "limit_conn",
        "auth_request",
        "$http_user_agent",
        "X-Forwarded-Proto",
    ):
        assert word not in airlock
    names = [re.search(r"server_name ([^;]+);", block) for block in blocks()]
    assert names[0] and names[1]
    assert not names[1][1].endswith(names[0][1])


def test_systemd_keeps_no_output_of_the_airlock() -> None:
    unit = (ROOT / "deploy" / "systemd" / "ozeli-sas.service").read_text(encoding="utf-8")
    for line in ("StandardOutput=null", "StandardError=null", "LimitCORE=0"):
        assert line in unit
    assert "--no-log " in unit
    assert "ozeli.airlock.wsgi:application" in unit


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Behind(http.server.BaseHTTPRequestHandler):
    """What stands behind the proxy: it keeps what it gets."""

    seen: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((str(self.headers), body))
        self.send_response(200)
        self.send_header("Set-Cookie", "a=b")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        return


@pytest.mark.infra
@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_lets_nothing_through_and_writes_nothing(tmp_path: Path) -> None:
    behind = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    port = free_port()
    airlock = blocks()[1].replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    airlock = re.sub(r"^\s*ssl_.*$", "", airlock, flags=re.MULTILINE)
    airlock = airlock.replace("127.0.0.1:8001", f"127.0.0.1:{behind.server_port}")
    temp = "\n".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; daemon off; master_process off; error_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{ access_log {tmp_path}/access.log;\n{temp}\n{airlock} }}\n"
    )
    nginx = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    try:
        headers = {
            "Host": "depot-anonyme.exemple.fr", "Cookie": CANARY, "Authorization": CANARY, "User-Agent": CANARY,
            "Referer": CANARY, "X-Remote-User": CANARY, "X-Forwarded-For": CANARY, "Sec-Fetch-Site": "same-origin",
            "Content-Type": "text/plain",
        }  # fmt: skip
        body = b"x" * 3_000_000
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/{CANARY}", body, headers)
        deadline = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(asked, timeout=5) as answer:
                    assert "Set-Cookie" not in answer.headers
                break
            except ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            except urllib.error.URLError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        nginx.terminate()
        nginx.wait(10)
        behind.shutdown()
    ((got, sent),) = Behind.seen
    assert CANARY not in got
    assert "sec-fetch-site: same-origin" in got.lower()
    assert len(sent) == len(body)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "nginx.conf"]
    assert not [
        path for path in kept if CANARY.encode() in path.read_bytes() or path.stat().st_size > 100_000
    ]
