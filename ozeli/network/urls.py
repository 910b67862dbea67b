from django.urls import path

from . import views

app_name = "network"
urlpatterns = [
    path("organismes/", views.organisation_list, name="organisations"),
    path("organismes/export.csv", views.organisation_export, name="organisation_export"),
    path("organismes/suggestions/", views.suggestions, name="suggestions"),
    path("organismes/<slug:code>/", views.organisation, name="organisation"),
]
