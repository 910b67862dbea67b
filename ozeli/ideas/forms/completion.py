"""What an author writes in answer to the desk: the texts of the idea again, and a word to who asked."""

from .deposit import EditForm
from .desk import TextField


class CompletionForm(EditForm):
    reply = TextField(label="Un mot à qui vous a écrit", required=False)
