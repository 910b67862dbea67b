from django.urls import path

from .views import catalogues, delays, figures, home, home_bricks, jobs, operations, pages, themes

app_name = "portal"
LISTS = "administration/listes/<slug:catalogue>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("outils/", home.tools, name="tools"),
    path("donnees-cles/", figures.key_figures, name="figures"),
    path("donnees-cles/export.csv", figures.key_figures_export, name="figures_export"),
    path("exploitation/", operations.operations, name="operations"),
    path("exploitation/taches/", jobs.jobs, name="jobs"),
    path("exploitation/taches/export.csv", jobs.jobs_export, name="jobs_export"),
    path("exploitation/taches/<int:pk>/annuler/", jobs.cancel, name="cancel_job"),
    path("exploitation/taches/<int:pk>/relancer/", operations.retry_job, name="retry_job"),
    path(LISTS, catalogues.rows, name="catalogue"),
    path(f"{LISTS}export.csv", catalogues.export, name="catalogue_export"),
    path(f"{LISTS}ajouter/", catalogues.add, name="catalogue_add"),
    path(f"{LISTS}<int:pk>/", catalogues.edit, name="catalogue_edit"),
    path(f"{LISTS}<int:pk>/archiver/", catalogues.archive, name="catalogue_archive"),
    path(f"{LISTS}<int:pk>/deplacer/", catalogues.move, name="catalogue_move"),
    path(f"{LISTS}annuler/<int:entry>/", catalogues.undo, name="catalogue_undo"),
    path("administration/accueil/", home_bricks.bricks, name="home_bricks"),
    path("administration/accueil/ajouter/", home_bricks.add, name="home_brick_add"),
    path("administration/accueil/apercu/", home_bricks.preview, name="home_preview"),
    path("administration/accueil/<int:pk>/", home_bricks.edit, name="home_brick"),
    path("administration/accueil/<int:pk>/afficher/", home_bricks.show, name="home_brick_show"),
    path("administration/accueil/<int:pk>/retirer/", home_bricks.remove, name="home_brick_remove"),
    path("administration/accueil/<int:pk>/deplacer/", home_bricks.move, name="home_brick_move"),
    path("administration/accueil/annuler/<int:entry>/", home_bricks.undo, name="home_bricks_undo"),
    path("administration/theme/", themes.theme, name="theme"),
    path("administration/theme/essai.css", themes.trial_css, name="theme_trial"),
    path("administration/theme/annuler/<int:entry>/", themes.undo, name="theme_undo"),
    path("administration/theme/logo/", themes.send_logo, name="theme_logo"),
    path("administration/theme/logo/retirer/", themes.remove_logo, name="theme_logo_remove"),
    path("theme.css", themes.css, name="theme_css"),
    path("logo/<slug:mark>.webp", themes.logo, name="logo"),
    path("administration/delais/", delays.delays, name="delays"),
    path("administration/delais/etapes/", delays.steps, name="delays_steps"),
    path("administration/delais/annuler/<int:entry>/", delays.undo, name="delays_undo"),
    path("aide/", pages.page("help"), name="help"),
    path("glossaire/", pages.glossary, name="glossary"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("vos-donnees/", pages.data, name="data"),
    path("anonymat/", pages.anonymity, name="anonymity"),
    path("contact/", pages.contact, name="contact"),
]
