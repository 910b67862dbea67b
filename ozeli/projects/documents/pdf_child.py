"""The process that sets a PDF. It reads its orders on its input, as JSON, and writes the file on its output.

It stands alone (standard library and typst), so that what the setting takes of memory goes with it.
"""

import json
import resource
import sys

import typst


def main() -> None:
    orders = json.loads(sys.stdin.buffer.read())
    seconds = orders["seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = typst.compile(
        orders["template"],
        font_paths=orders["fonts"],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(orders["data"])},
    )
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    main()
