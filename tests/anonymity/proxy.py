"""nginx in front: the portal with its log as it comes, the airlock as our guide says."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.infra.processes import eventually

from .installation import NGINX, ROOT, Installation, answers

GUIDE = ROOT / "docs" / "guides" / "sas.md"
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
    return Path(NGINX).exists()


def guide_server() -> str:
    """The block that the guide tells to copy."""
    found = re.findall(r"```nginx\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return next(block for block in found if "server {" in block)


def start(installation: Installation, airlock_server: str) -> None:
    """Put nginx before the portal and the airlock; skipped where it is not installed, never in the integration."""
    if not is_there():
        assert not os.environ.get("CI"), "nginx is missing (apt-get install nginx-light)"
        pytest.skip("nginx is not installed")
    folder = installation.folder / "nginx"
    (folder / "logs").mkdir(parents=True)
    user = "user root;" if os.geteuid() == 0 else ""
    text = FRAME.format(folder=folder, user=user, airlock_server=airlock_server, **installation.ports)
    (folder / "nginx.conf").write_text(text)
    check = [NGINX, "-t", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    installation.start(NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"))
    installation.has_proxy = True
    eventually(lambda: answers(f"{installation.portal}/readyz"), what="the proxy answers")
