"""nginx in front: the portal with all the log it can keep, the airlock as we ship its configuration."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.infra.processes import eventually, free_port

from .installation import NGINX, ROOT, Installation, answers

CONFIGURATION = ROOT / "deploy" / "nginx" / "ozeli.conf"
FRAME = """
pid {folder}/nginx.pid;
error_log {folder}/logs/error.log debug;
worker_processes 1;
daemon off;
{user}
events {{ worker_connections 256; }}
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  access_log {folder}/logs/access.log combined;
  log_format everything '$remote_addr $http_x_forwarded_for $http_referer $http_user_agent $http_accept_language'
    ' $http_cookie $http_authorization $request';
  server {{
    listen 127.0.0.1:{portal_proxy};
    client_max_body_size 64m;
    access_log {folder}/logs/portal.log everything;
    location / {{
      proxy_pass http://127.0.0.1:{portal};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }}
  }}
{airlock_server}
}}
"""


def is_there() -> bool:
    """Without nginx the rest is proven all the same, except in the integration, which installs it."""
    found = Path(NGINX).exists()
    assert found or not os.environ.get("CI"), "nginx is missing (apt-get install nginx-light)"
    return found


def shipped_server(installation: Installation) -> str:
    """The block of the airlock that we ship, brought to our ports, to our name with its port, without certificates."""
    blocks = re.findall(r"^server \{\n.*?^\}\n", CONFIGURATION.read_text(), re.DOTALL | re.MULTILINE)
    block = next(one for one in blocks if "depot-anonyme" in one)
    ports, count = installation.ports, 0
    for pattern, wanted in (
        (r"^\s*ssl_.*;\n", ""),
        (r"listen [^;]*;", f"listen 127.0.0.1:{ports['airlock_proxy']};"),
        (r"server_name [^;]*;", "server_name localhost;"),
        (r"proxy_pass http[^;]*;", f"proxy_pass http://127.0.0.1:{ports['airlock']};"),
        (r"Host \$host;", "Host $http_host;"),
    ):
        block, found = re.subn(pattern, lambda match, wanted=wanted: wanted, block, flags=re.MULTILINE)
        count += bool(found)
    assert count == 5, "the configuration changed"
    return block


def loudly(block: str) -> str:
    """The same block without the two lines that silence nginx."""
    return re.sub(r"^\s*(access_log off|error_log [^;]*);\n", "", block, flags=re.MULTILINE)


def start(installation: Installation) -> None:
    """Put nginx before the portal and the airlock."""
    _run(installation, "nginx", installation.ports, shipped_server(installation))
    eventually(lambda: answers(f"{installation.portal}/readyz"), what="the proxy answers")


@contextmanager
def loud(installation: Installation) -> Iterator[str]:
    """A second nginx, without the silence that we ship; its address for the airlock."""
    ports = installation.ports | {"portal_proxy": free_port()}
    port = free_port()
    block = shipped_server(installation).replace(f":{ports['airlock_proxy']};", f":{port};")
    assert loudly(block) != block
    process = _run(installation, "nginx-loud", ports, loudly(block))
    eventually(
        lambda: answers(f"http://127.0.0.1:{ports['portal_proxy']}/readyz"), what="the loud proxy answers"
    )
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


def _run(installation: Installation, name: str, ports: dict[str, int], block: str) -> subprocess.Popen[bytes]:
    folder = installation.folder / name
    (folder / "logs").mkdir(parents=True)
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(FRAME.format(folder=folder, user=user, airlock_server=block, **ports))
    done = subprocess.run([NGINX, "-t", "-p", str(folder), "-c", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return installation.start(NGINX, "-p", str(folder), "-c", str(file))
