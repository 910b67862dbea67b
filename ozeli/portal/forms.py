"""The one form of the portal itself."""

from django import forms


class WordsForm(forms.Form):
    """Words to search elsewhere."""

    q = forms.CharField(label="Ce que vous cherchez", required=False, max_length=200)

    def words(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("q") or ""
