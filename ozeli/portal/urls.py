from django.urls import path

from .views import figures, home, operations, pages

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("outils/", home.tools, name="tools"),
    path("donnees-cles/", figures.key_figures, name="figures"),
    path("donnees-cles/export.csv", figures.key_figures_export, name="figures_export"),
    path("exploitation/", operations.operations, name="operations"),
    path("exploitation/taches/<int:pk>/relancer/", operations.retry_job, name="retry_job"),
    path("aide/", pages.page("help"), name="help"),
    path("glossaire/", pages.glossary, name="glossary"),
    path("accessibilite/", pages.page("accessibility"), name="accessibility"),
    path("vos-donnees/", pages.page("data"), name="data"),
    path("contact/", pages.contact, name="contact"),
]
