"""`python -m bench.paint`: when the main thing shows (LCP) and how much things move (CLS), in a real browser.

The demonstration over a line of 512 kbit/s with 100 ms of delay, nothing in cache, signed in as the agent; each page
three times, the worst kept. Needs Debian's chromium (`OZELI_CHROMIUM` names another).
"""

import os
import sys
from typing import Any

from . import server

DATABASE = "oz_bench_demo"
PAGES = ("/", "/idees/", "/idees/deposer/", "/mes-idees/", "/cimetiere/", "/notifications/")
LINE = {"offline": False, "latency": 100, "downloadThroughput": 64_000, "uploadThroughput": 64_000}
TIMES = 3
SETTLED_MS = 1_000
# Both are read from the browser's own observers, entries of before the call included.
READ = """
() => new Promise((done) => {
  let lcp = 0, cls = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) lcp = e.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) cls += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done([lcp, cls]), 300);
})
"""


def seen(browser: Any, address: str, cookies: Any) -> tuple[float, float]:
    """(LCP in ms, CLS) of one cold visit."""
    context = browser.new_context(
        locale="fr-FR", storage_state=cookies, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.emulateNetworkConditions", LINE)
    page.goto(address, wait_until="load", timeout=60_000)
    page.wait_for_timeout(SETTLED_MS)
    lcp, cls = page.evaluate(READ)
    context.close()
    return lcp, cls


def signed_in(browser: Any, base: str) -> Any:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{base}/connexion/")
    page.fill("input[type=email]", "agent@demo.test")
    page.fill("input[type=password]", "ozeli-demo")
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{base}/")
    state = context.storage_state()
    context.close()
    return state


def main() -> None:
    from playwright.sync_api import sync_playwright

    server.python("postgres", "bench.database", DATABASE)
    server.python(DATABASE, "ozeli.cli", "migrate", "-v0")
    server.python(DATABASE, "ozeli.cli", "load_demo")
    with server.serving(DATABASE) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("OZELI_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"] if os.getuid() == 0 else [],
        )
        base = f"http://127.0.0.1:{running.port}"
        cookies = signed_in(browser, base)
        found = browser.new_context(storage_state=cookies).new_page()
        found.goto(f"{base}/idees/")
        sheet = found.locator(".row-item h2 a").first.get_attribute("href")
        print(f"{'page':<24}{'LCP ms':>10}{'CLS':>8}")
        for path in (*PAGES, sheet):
            runs = [seen(browser, base + path, cookies) for _ in range(TIMES)]
            shown = path if path in PAGES else "une idée"
            print(
                f"{shown:<24}{max(lcp for lcp, _ in runs):>10.0f}{max(cls for _, cls in runs):>8.3f}",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
