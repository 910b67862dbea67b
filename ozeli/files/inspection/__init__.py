"""The inspection of a file, in a process of its own: `python -m ozeli.files.inspection TYPE SOURCE FOLDER`.

Nothing of Django is loaded here, and nothing here is loaded by the web. The process decodes what a stranger sent:
it holds no secret and no connection, and the kernel bounds its memory and its time (see `__main__`). What it writes
in FOLDER is made anew from what was understood of the source; no byte is copied blindly.
"""


class Unreadable(Exception):  # noqa: N818 (the field’s word)
    """The file is refused. The message is French, meant for the person who sent it."""
