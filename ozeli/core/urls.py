from django.urls import path

from . import views

app_name = "core"
urlpatterns = [
    path("theme/", views.choose_theme, name="theme"),
    path("composants/", views.gallery, name="gallery"),
]
