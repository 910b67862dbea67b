"""Addresses of people, of the directory, and of one's own data."""


app_name = "people"
urlpatterns: list = []
